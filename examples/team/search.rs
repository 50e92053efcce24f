//! Looks for secrets in everything that was written: as they are, and as hexadecimal and base64 text.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// What is compared first of each needle.
const HEAD: usize = 8;

pub struct Search {
    /// By their first bytes, what they are and the whole of each.
    needles: HashMap<[u8; HEAD], Vec<(String, Vec<u8>)>>,
    /// Whether any begins with these two.
    begins: Vec<bool>,
    pub files: usize,
    pub bytes: u64,
    /// What was found where.
    pub found: BTreeMap<PathBuf, Vec<String>>,
}

impl Search {
    pub fn new(secrets: &[(String, String)]) -> Self {
        let mut it = Self {
            needles: HashMap::new(),
            begins: vec![false; 1 << 16],
            files: 0,
            bytes: 0,
            found: BTreeMap::new(),
        };
        for (name, secret) in secrets {
            it.add(name, secret.as_bytes());
            it.add(&format!("{name} in hex"), hex::encode(secret).as_bytes());
            it.add(&format!("{name} in HEX"), hex::encode_upper(secret).as_bytes());
            // Wherever it begins: what its first and last bytes share with others is left out.
            for offset in 0..3 {
                let text =
                    STANDARD_NO_PAD.encode([&vec![b' '; offset][..], secret.as_bytes()].concat());
                let inner = &text.as_bytes()[[0, 2, 3][offset]..text.len() - 2];
                it.add(&format!("{name} in base64"), inner);
            }
        }
        it
    }

    fn add(&mut self, name: &str, needle: &[u8]) {
        let head: [u8; HEAD] = needle[..HEAD].try_into().expect("it is longer");
        self.begins[usize::from(u16::from_be_bytes([head[0], head[1]]))] = true;
        self.needles.entry(head).or_default().push((name.to_owned(), needle.to_vec()));
    }

    /// All files below a folder, but for those that are no regular ones.
    pub fn folder(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let (path, kind) = {
                let entry = entry?;
                (entry.path(), entry.file_type()?)
            };
            if kind.is_dir() {
                self.folder(&path)?;
            } else if kind.is_file() {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> io::Result<()> {
        let text = fs::read(path)?;
        self.files += 1;
        self.bytes += text.len() as u64;
        let mut found: Vec<String> = Vec::new();
        for at in 0..text.len().saturating_sub(HEAD) {
            if !self.begins[usize::from(u16::from_be_bytes([text[at], text[at + 1]]))] {
                continue;
            }
            let head: [u8; HEAD] = text[at..at + HEAD].try_into().expect("it is so long");
            for (name, needle) in self.needles.get(&head).into_iter().flatten() {
                if text[at..].starts_with(needle) && !found.contains(name) {
                    found.push(name.clone());
                }
            }
        }
        if !found.is_empty() {
            self.found.insert(path.to_owned(), found);
        }
        Ok(())
    }
}
