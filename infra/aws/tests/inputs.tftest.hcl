# Inputs that would deploy and then fail quietly are refused, with a message that shows a good value.

mock_provider "aws" {}

variables {
  trail_buckets = { "example-trail" = {} }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}

run "a_bucket_arn" {
  command = plan
  variables {
    trail_buckets = { "arn:aws:s3:::example-trail" = {} }
  }
  expect_failures = [var.trail_buckets]
}

run "no_bucket" {
  command = plan
  variables {
    trail_buckets = {}
  }
  expect_failures = [var.trail_buckets]
}

run "a_prefix_with_a_slash_at_its_end" {
  command = plan
  variables {
    trail_buckets = { "example-trail" = { key_prefix = "audit/" } }
  }
  expect_failures = [var.trail_buckets]
}

run "a_key_alias_for_the_trail" {
  command = plan
  variables {
    trail_buckets = { "example-trail" = { kms_key_arn = "alias/trail" } }
  }
  expect_failures = [var.trail_buckets]
}

run "an_unknown_source" {
  command = plan
  variables {
    notices = { from = "s3" }
  }
  expect_failures = [var.notices]
}

run "topics_without_their_source" {
  command = plan
  variables {
    notices = { topic_arns = ["arn:aws:sns:eu-west-1:111122223333:t"] }
  }
  expect_failures = [var.notices]
}

run "a_topic_name" {
  command = plan
  variables {
    notices = { from = "sns", topic_arns = ["example"] }
  }
  expect_failures = [var.notices]
}

run "a_queue_url" {
  command = plan
  variables {
    notices = { from = "sqs", queue_arn = "https://sqs.eu-west-1.amazonaws.com/111122223333/q" }
  }
  expect_failures = [var.notices]
}

run "a_source_without_its_queue" {
  command = plan
  variables {
    notices = { from = "sqs" }
  }
  expect_failures = [var.notices]
}

run "two_packages" {
  command = plan
  variables {
    package = { path = "versions.tf", s3_bucket = "b", s3_key = "k" }
  }
  expect_failures = [var.package]
}

run "no_package" {
  command = plan
  variables {
    package = {}
  }
  expect_failures = [var.package]
}

run "an_address_without_a_sum" {
  command = plan
  variables {
    package = { url = "https://example.com/trailhound-aws-arm64.zip" }
  }
  expect_failures = [var.package]
}

run "a_sum_without_an_address" {
  command = plan
  variables {
    package = { sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  }
  expect_failures = [var.package]
}

run "a_sum_in_base64" {
  command = plan
  variables {
    package = { url = "https://example.com/trailhound-aws-arm64.zip", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  }
  expect_failures = [var.package]
}

run "an_address_in_the_clear" {
  command = plan
  variables {
    package = { url = "http://example.com/a.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  }
  expect_failures = [var.package]
}

run "an_address_and_a_bucket" {
  command = plan
  variables {
    package = { url = "https://example.com/a.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", s3_bucket = "b", s3_key = "k", s3_object_version = "v" }
  }
  expect_failures = [var.package]
}

run "a_bucket_without_a_key" {
  command = plan
  variables {
    package = { s3_bucket = "b", s3_object_version = "v" }
  }
  expect_failures = [var.package]
}

run "an_unknown_architecture" {
  command = plan
  variables {
    architecture = "aarch64"
  }
  expect_failures = [var.architecture]
}

run "too_little_memory" {
  command = plan
  variables {
    memory_size = 64
  }
  expect_failures = [var.memory_size]
}

run "too_short_a_timeout" {
  command = plan
  variables {
    timeout = 5
  }
  expect_failures = [var.timeout]
}

run "a_large_batch_without_a_window" {
  command = plan
  variables {
    batch_size = 100
  }
  expect_failures = [var.batch_size]
}

run "too_long_a_window" {
  command = plan
  variables {
    batch_window = 301
  }
  expect_failures = [var.batch_window]
}

run "too_little_concurrency" {
  command = plan
  variables {
    maximum_concurrency = 1
  }
  expect_failures = [var.maximum_concurrency]
}

run "too_few_tries" {
  command = plan
  variables {
    max_receive_count = 3
  }
  expect_failures = [var.max_receive_count]
}

run "an_unknown_level" {
  command = plan
  variables {
    min_level = "warning"
  }
  expect_failures = [var.min_level]
}

run "rules_by_path" {
  command = plan
  variables {
    rules_uri = "/opt/rules"
  }
  expect_failures = [var.rules_uri]
}

run "suppressions_by_path" {
  command = plan
  variables {
    suppressions_uri = "/opt/suppressions.yml"
  }
  expect_failures = [var.suppressions_uri]
}

run "an_inventory_by_path" {
  command = plan
  variables {
    context_uris = { inventory = "/opt/assets.csv" }
  }
  expect_failures = [var.context_uris]
}

run "an_address_as_subscriber" {
  command = plan
  variables {
    subscriptions = { me = { protocol = "email", endpoint = "soc@example.com" } }
  }
  expect_failures = [var.subscriptions]
}

run "a_filter_that_matches_nothing" {
  command = plan
  variables {
    subscriptions = { me = { protocol = "sqs", endpoint = "arn:aws:sqs:eu-west-1:111122223333:q", filter_policy = { level = ["high"] } } }
  }
  expect_failures = [var.subscriptions]
}

run "a_short_account_id" {
  command = plan
  variables {
    subscriber_account_ids = ["1111"]
  }
  expect_failures = [var.subscriber_account_ids]
}

run "a_name_for_an_address" {
  command = plan
  variables {
    email_addresses = ["soc"]
  }
  expect_failures = [var.email_addresses]
}

run "alarm_addresses_for_a_topic_not_ours" {
  command = plan
  variables {
    alarm_topic_arn       = "arn:aws:sns:eu-west-1:111122223333:t"
    alarm_email_addresses = ["soc@example.com"]
  }
  expect_failures = [var.alarm_email_addresses]
}

run "an_alarm_topic_name" {
  command = plan
  variables {
    alarm_topic_arn = "oncall"
  }
  expect_failures = [var.alarm_topic_arn]
}

run "an_impatient_age" {
  command = plan
  variables {
    alarm_thresholds = { queue_age = 10 }
  }
  expect_failures = [var.alarm_thresholds]
}

run "a_crooked_silence" {
  command = plan
  variables {
    alarm_thresholds = { silence = 1000 }
  }
  expect_failures = [var.alarm_thresholds]
}

run "a_restless_canary" {
  command = plan
  variables {
    canary_interval_minutes = 1
  }
  expect_failures = [var.canary_interval_minutes]
}

run "a_retention_nobody_offers" {
  command = plan
  variables {
    log_retention_days = 100
  }
  expect_failures = [var.log_retention_days]
}

run "rejects_gone_before_the_queue" {
  command = plan
  variables {
    rejects_retention_days = 7
  }
  expect_failures = [var.rejects_retention_days]
}

run "a_name_with_capitals" {
  command = plan
  variables {
    name = "Trailhound"
  }
  expect_failures = [var.name]
}

run "a_log_filter_with_spaces" {
  command = plan
  variables {
    log_level = "very loud"
  }
  expect_failures = [var.log_level]
}

run "a_key_alias" {
  command = plan
  variables {
    kms_key_arn = "alias/mine"
  }
  expect_failures = [var.kms_key_arn]
}

run "a_package_that_never_changes" {
  command = plan
  variables {
    package = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws-arm64.zip" }
  }
  expect_failures = [var.package]
}

run "too_little_set_aside" {
  command = plan
  variables {
    reserved_concurrency = 5
  }
  expect_failures = [var.reserved_concurrency]
}

run "a_network_without_subnets" {
  command = plan
  variables {
    vpc = { subnet_ids = [], security_group_ids = ["sg-0123456789abcdef0"] }
  }
  expect_failures = [var.vpc]
}

run "a_fifo_topic" {
  command = plan
  variables {
    findings_topic = { arn = "arn:aws:sns:eu-west-1:111122223333:example.fifo" }
  }
  expect_failures = [var.findings_topic]
}

run "an_alias_of_a_key_for_settings" {
  command = plan
  variables {
    settings_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/example"
  }
  expect_failures = [var.settings_kms_key_arn]
}

run "a_path_without_its_end" {
  command = plan
  variables {
    role_path = "/security"
  }
  expect_failures = [var.role_path]
}

run "an_address_with_a_fragment" {
  command = plan
  variables {
    runbooks_url = "https://wiki.example.com/runbooks#top"
  }
  expect_failures = [var.runbooks_url]
}

run "an_archive_of_a_day" {
  command = plan
  variables {
    archive_days = 1
  }
  expect_failures = [var.archive_days]
}

run "an_account_by_its_alias" {
  command = plan
  variables {
    allowed_account_ids = ["production"]
  }
  expect_failures = [var.allowed_account_ids]
}
