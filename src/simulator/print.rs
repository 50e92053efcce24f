//! Prints: a page of PDF with a few lines of text.

use super::call::{Content, Reply};

pub fn pdf(lines: &[String]) -> Reply {
    Reply::new(Content::Pdf(page(lines)))
}

/// One page; what is not plain ASCII is printed as a question mark, for the font knows no more.
pub fn page(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 50 780 Td 16 TL");
    for line in lines {
        let line: String =
            line.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
        let line = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        text.push_str(&format!(" ({line}) Tj T*"));
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (nth, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", nth + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        file.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R >>\n", objects.len() + 1);
    file.push_str(&format!("{trailer}startxref\n{table}\n%%EOF\n"));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_pdf_points_at_its_objects() {
        let Content::Pdf(bytes) = pdf(&["Inquiry (one) \u{1F600}".to_owned()]).content else {
            panic!("a print is a PDF")
        };
        let file = String::from_utf8(bytes).unwrap();
        let table: usize =
            file.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(file[table..].starts_with("xref\n"));
        for (nth, line) in file[table..].lines().skip(3).take(5).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(file[offset..].starts_with(&format!("{} 0 obj", nth + 1)));
        }
        assert!(file.contains(r"Inquiry \(one\) ?"));
    }
}
