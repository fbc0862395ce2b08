use super::*;

#[test]
fn the_highest_version_is_compared_as_numbers() {
    let symbols = b"\0GLIBC_2.9\0GLIBC_2.31\0GLIBC_2.2.5\0GLIBC_PRIVATE\0";
    assert_eq!(highest_glibc(symbols), Some((2, 31)));
    assert_eq!(highest_glibc(b"nothing"), None);
}

#[test]
fn the_zip_is_the_same_for_the_same_files_and_keeps_the_mode() {
    let files: [(&str, &[u8], u32); 2] = [("trailhound-azure", b"x", 0o755), ("host.json", b"{}", 0o644)];
    let zip = pack(&files).unwrap();
    assert_eq!(zip, pack(&files).unwrap());
    let mut read = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    assert_eq!(read.by_name("trailhound-azure").unwrap().unix_mode(), Some(0o100_755));
    assert_eq!(read.by_name("host.json").unwrap().unix_mode(), Some(0o100_644));
}
