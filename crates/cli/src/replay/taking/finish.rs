//! A parked object of which everything was taken: deleted, or tagged as replayed.

use jiff::Timestamp;

use crate::cloud;

/// The tag that says so, with the day.
const TAG: &str = "trailhound-replayed";

pub(super) fn delete(name: &str) -> anyhow::Result<()> {
    match name {
        #[cfg(feature = "aws")]
        name if name.starts_with("s3://") => {
            use trailhound_courier::ports::Blobs as _;
            let (folder, key) = folder(name)?;
            cloud::runtime()?.block_on(folder.remove(&key)).map_err(anyhow::Error::msg)
        }
        #[cfg(feature = "azure")]
        name if name.starts_with("https://") => {
            cloud::runtime()?.block_on(blobs()?.remove(name)).map_err(anyhow::Error::msg)
        }
        file => Ok(std::fs::remove_file(file)?),
    }
}

pub(super) fn tag(name: &str) -> anyhow::Result<()> {
    let day = Timestamp::now().strftime("%F").to_string();
    match name {
        #[cfg(feature = "aws")]
        name if name.starts_with("s3://") => {
            let (folder, key) = folder(name)?;
            cloud::runtime()?.block_on(folder.tag(&key, TAG, &day)).map_err(anyhow::Error::msg)
        }
        #[cfg(feature = "azure")]
        name if name.starts_with("https://") => {
            cloud::runtime()?.block_on(blobs()?.tag(name, TAG, &day)).map_err(anyhow::Error::msg)
        }
        _ => anyhow::bail!("a file has no tags"),
    }
}

#[cfg(feature = "azure")]
fn blobs() -> anyhow::Result<trailhound_azure_sdk::blob::BlobArchive> {
    Ok(trailhound_azure_sdk::blob::BlobArchive::new(cloud::azure()?))
}

/// The bucket of an object, and its key.
#[cfg(feature = "aws")]
fn folder(name: &str) -> anyhow::Result<(trailhound_aws::s3::S3Folder, String)> {
    use anyhow::Context as _;
    use trailhound_aws::address::S3Uri;
    use trailhound_aws::s3::S3Folder;

    let (bucket, key) =
        name.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).context("no object")?;
    let at = S3Uri { bucket: bucket.to_owned(), key: String::new() };
    Ok((S3Folder { client: cloud::aws()?.s3.clone(), at }, key.to_owned()))
}
