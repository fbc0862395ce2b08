use super::*;

#[test]
fn a_name_without_a_scheme_is_a_file() {
    assert_eq!("a/usual.baseline".parse(), Ok(Store::File("a/usual.baseline".into())));
    assert_eq!("dynamodb".parse(), Ok(Store::File("dynamodb".into())));
    assert!("".parse::<Store>().is_err());
}

#[test]
fn other_schemes_are_refused_with_what_there_is() {
    for name in ["s3://bucket/key", "http://localhost/table", "postgres://db"] {
        let problem = name.parse::<Store>().unwrap_err();
        assert!(problem.contains("dynamodb://table") && problem.contains("https://"), "{problem}");
    }
}

#[cfg(feature = "aws")]
#[test]
fn a_dynamodb_table_goes_by_name_or_arn() {
    let arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/trailhound-state";
    for table in ["trailhound-state", arn] {
        let name = format!("dynamodb://{table}");
        let store: Store = name.parse().unwrap();
        assert!(matches!(store, Store::DynamoDb(_)));
        assert_eq!(store.to_string(), name);
    }
    let problem = "dynamodb://a/b".parse::<Store>().unwrap_err();
    assert!(problem.contains("no DynamoDB table"), "{problem}");
}

#[cfg(feature = "azure")]
#[test]
fn an_azure_table_goes_by_its_address() {
    let address = "https://stexample.table.core.windows.net/state";
    assert_eq!(address.parse::<Store>().unwrap().to_string(), address);
    for wrong in [
        "https://stexample.table.core.windows.net/",
        "https://stexample.table.core.windows.net/state?sv=2026&sig=x",
    ] {
        let problem = wrong.parse::<Store>().unwrap_err();
        assert!(problem.contains("table.core.windows.net/table"), "{problem}");
    }
}

#[cfg(not(any(feature = "aws", feature = "azure")))]
#[test]
fn a_command_without_clouds_says_how_to_get_one_with_them() {
    for (name, feature) in [("dynamodb://state", "aws"), ("https://x.example.com/state", "azure")] {
        let problem = name.parse::<Store>().unwrap_err();
        assert!(problem.contains(&format!("--features {feature}")), "{problem}");
    }
}
