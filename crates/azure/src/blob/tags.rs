//! Index tags of a blob, which a policy of its account's lifecycle may go by.

use azure_core::http::{Method, Url};
use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::Event;

use super::archive::BlobArchive;
use super::refusal;

/// Who may write tags; to write blobs does not include it.
const OWNER: &str = "Storage Blob Data Owner";

impl BlobArchive {
    /// Adds a tag to those that a blob has.
    pub async fn tag(&self, address: &str, key: &str, value: &str) -> Result<(), String> {
        let mut url = Url::parse(address).map_err(|error| error.to_string())?;
        url.query_pairs_mut().append_pair("comp", "tags");
        let reply = self.send(Method::Get, &url, &[], Vec::new()).await?;
        if reply.status != 200 {
            return Err(refusal(&reply, OWNER, "its address"));
        }
        let mut tags = read(&String::from_utf8_lossy(&reply.body))?;
        tags.retain(|(known, _)| known != key);
        tags.push((key.to_owned(), value.to_owned()));
        let headers = [("content-type", "application/xml; charset=utf-8".to_owned())];
        let reply = self.send(Method::Put, &url, &headers, written(&tags).into_bytes()).await?;
        match reply.status {
            200..=299 => Ok(()),
            _ => Err(refusal(&reply, OWNER, "its address")),
        }
    }
}

/// Reads `<Tags>`.
fn read(xml: &str) -> Result<Vec<(String, String)>, String> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let (mut tags, mut key, mut text) = (Vec::new(), String::new(), String::new());
    loop {
        match reader.read_event().map_err(|error| format!("no tags: {error}"))? {
            Event::Start(_) => text.clear(),
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                text.push_str(&unescape(&entity).map_err(|error| format!("no tags: {error}"))?);
            }
            Event::End(end) => match end.name().as_ref() {
                "Key" => key = std::mem::take(&mut text),
                "Value" => tags.push((std::mem::take(&mut key), std::mem::take(&mut text))),
                _ => {}
            },
            Event::Eof => return Ok(tags),
            _ => {}
        }
    }
}

fn written(tags: &[(String, String)]) -> String {
    let tag = |(key, value): &(String, String)| {
        format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", escape(key.as_str()), escape(value.as_str()))
    };
    let tags: String = tags.iter().map(tag).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Tags><TagSet>{tags}</TagSet></Tags>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_are_written() {
        let tags = vec![("a & b".to_owned(), "<1>".to_owned()), ("c".to_owned(), String::new())];
        assert_eq!(read(&written(&tags)).unwrap(), tags);
        assert_eq!(read("<Tags><TagSet/></Tags>").unwrap(), []);
    }
}
