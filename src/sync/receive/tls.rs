//! TLS of the receiver's own: a certificate and its key in files, which are read again when they
//! change. Files that cannot be used leave what is in force.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum_server::tls_rustls::RustlsConfig;
use zeroize::Zeroizing;

/// How often it is looked whether files changed.
pub const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// A chain of certificates is far shorter, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Why there is no TLS. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the file {path} cannot be read: {why}")]
    Unreadable { path: String, why: io::Error },
    #[error("the private key {path} can be read by anybody (mode {mode:03o}): run chmod o= {path}")]
    NotPrivate { path: String, mode: u32 },
    #[error(
        "{certificate} and {key} make no TLS: {why}; both are PEM files, and the key belongs to the first certificate"
    )]
    Unusable { certificate: String, key: String, why: io::Error },
}

/// A certificate in force, and where the next one will lie.
pub struct Tls {
    certificate: PathBuf,
    private_key: PathBuf,
    live: RustlsConfig,
    /// The files as they were when they were last tried.
    tried: Mutex<[Stamp; 2]>,
}

/// What differs when a file was written anew or replaced: device, number, length and time.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

impl Tls {
    /// # Errors
    /// If the files cannot be used.
    pub async fn read(certificate: PathBuf, private_key: PathBuf) -> Result<Self, TlsError> {
        let tried = Mutex::new([stamp(&certificate), stamp(&private_key)]);
        let live = load(&certificate, &private_key).await?;
        Ok(Self { certificate, private_key, live, tried })
    }

    pub(super) fn live(&self) -> RustlsConfig {
        self.live.clone()
    }

    /// Takes what the files have now, if they changed. Connections that are open keep what they began
    /// with.
    pub async fn look(&self) {
        let now = [stamp(&self.certificate), stamp(&self.private_key)];
        if std::mem::replace(&mut *self.tried.lock().unwrap_or_else(PoisonError::into_inner), now)
            == now
        {
            return;
        }
        match load(&self.certificate, &self.private_key).await {
            Ok(new) => {
                self.live.reload_from_config(new.get_inner());
                tracing::info!("the certificate was read again");
            }
            // A renewal writes one file after the other: the next look finds both.
            Err(why) => tracing::warn!(%why, "the certificate stays the one that was read before"),
        }
    }
}

async fn load(certificate: &Path, private_key: &Path) -> Result<RustlsConfig, TlsError> {
    let chain = read(certificate, None)?;
    let key = read(private_key, Some(0o007))?;
    let unusable = |why| TlsError::Unusable {
        certificate: certificate.display().to_string(),
        key: private_key.display().to_string(),
        why,
    };
    let made = RustlsConfig::from_pem(chain.to_vec(), key.to_vec()).await.map_err(unusable)?;
    let mut config = (*made.get_inner()).clone();
    // HTTP/2 is not spoken here.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

/// `private`: the bits that its mode must not have. Certificates' keys are often shared with a group.
fn read(path: &Path, private: Option<u32>) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let name = || path.display().to_string();
    let unreadable = |why| TlsError::Unreadable { path: name(), why };
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
    if private.is_some_and(|bits| mode & bits != 0) {
        return Err(TlsError::NotPrivate { path: name(), mode });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn stamp(path: &Path) -> Stamp {
    let file = fs::metadata(path).ok()?;
    Some((file.dev(), file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
}
