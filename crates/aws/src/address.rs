//! Names and addresses of AWS as people write them.

#[cfg(test)]
mod tests;

/// An S3 address: a bucket and a key or prefix, without the slashes around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Uri {
    /// Bucket.
    pub bucket: String,
    /// Key or prefix; may be empty.
    pub key: String,
}

/// Reads `s3://bucket/key`.
pub fn s3_uri(uri: &str) -> Result<S3Uri, String> {
    let rest = uri.strip_prefix("s3://").ok_or_else(|| format!("'{uri}' does not begin with s3://"))?;
    let (name, key) = rest.split_once('/').unwrap_or((rest, ""));
    Ok(S3Uri { bucket: bucket(name)?, key: key.trim_matches('/').to_owned() })
}

/// Checks a bucket's name.
pub fn bucket(name: &str) -> Result<String, String> {
    let fine = (3..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b));
    if fine { Ok(name.to_owned()) } else { Err(format!("'{name}' is no bucket name")) }
}

/// A queue as an ARN names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueArn {
    /// Its region.
    pub region: String,
    /// Its address.
    pub url: String,
}

/// Reads `arn:aws:sqs:eu-west-1:111122223333:name`.
pub fn queue_arn(arn: &str) -> Result<QueueArn, String> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "sqs", region, account, name] = parts.as_slice() else {
        return Err(format!("'{arn}' is no queue's ARN"));
    };
    let domain = match *partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        _ => "amazonaws.com",
    };
    Ok(QueueArn {
        region: (*region).to_owned(),
        url: format!("https://sqs.{region}.{domain}/{account}/{name}"),
    })
}

/// Checks a table's name or ARN.
pub fn table(name: &str) -> Result<String, String> {
    let plain = name.rsplit_once(":table/").map_or(name, |(_, name)| name);
    if (3..=255).contains(&plain.len())
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    {
        Ok(name.to_owned())
    } else {
        Err(format!("'{name}' is no DynamoDB table: 3 to 255 letters, digits, '_', '.' and '-', or an ARN"))
    }
}
