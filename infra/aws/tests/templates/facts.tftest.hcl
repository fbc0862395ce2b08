# What templates/ is written from (infra/tools/templates.py): the module with everything a template offers, and once without
# each. ARNs that the module takes apart, or that it names before they exist, are spelled as the cloud would; every other
# computed value is a word of its own by which a reference is known.

mock_provider "aws" {
  source = "./tests/templates/mocks"
}
mock_provider "aws" {
  alias  = "log_archive"
  source = "./tests/templates/mocks"
}
mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/templates/mocks"
}

override_resource {
  target = aws_sns_topic.findings
  values = { arn = "arn:the-partition:sns:the-region:the-account:the-name-findings" }
}
override_resource {
  target = aws_sns_topic.email
  values = { arn = "arn:the-partition:sns:the-region:the-account:the-name-email" }
}
override_resource {
  target = aws_cloudwatch_event_rule.canary
  values = { arn = "arn:the-partition:events:the-region:the-account:rule/the-name-canary" }
}
override_resource {
  target = aws_cloudwatch_event_rule.daily_test
  values = { arn = "arn:the-partition:events:the-region:the-account:rule/the-name-daily-test" }
}
override_resource {
  target = aws_cloudwatch_event_rule.trail
  values = { arn = "arn:the-partition:events:the-region:the-account:rule/the-name-trail" }
}
override_resource {
  target = aws_cloudwatch_event_rule.fast_path
  values = { arn = "arn:the-partition:events:the-region:the-account:rule/the-name-fast-path" }
}
override_resource {
  target = aws_cloudwatch_log_group.function
  values = { arn = "arn:the-partition:logs:the-region:the-account:log-group:/aws/lambda/the-name" }
}
override_resource {
  target = terraform_data.canary_key
  values = { output = "the-stack" }
}

variables {
  name = "the-name"
  trail_buckets = {
    "the-bucket" = { key_prefix = "the-prefix", kms_key_arn = "arn:aws:kms:the-key-region:111122223333:key/the-key" }
  }
  package               = { s3_bucket = "the-package-bucket", s3_key = "the-package-key", s3_object_version = "the-package-version" }
  email_addresses       = ["the-address@example.com"]
  alarm_email_addresses = ["the-address@example.com"]
  fast_path             = { enabled = true }
  runbooks_url          = "https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md"
}

run "everything" {}

run "without_mail" {
  variables {
    email_addresses       = []
    alarm_email_addresses = []
  }
}

run "without_key" {
  variables {
    trail_buckets = { "the-bucket" = { key_prefix = "the-prefix" } }
  }
}

run "without_prefix" {
  variables {
    trail_buckets = {
      "the-bucket" = { kms_key_arn = "arn:aws:kms:the-key-region:111122223333:key/the-key" }
    }
  }
}

run "without_fast_path" {
  variables {
    fast_path = { enabled = false }
  }
}

run "without_version" {
  variables {
    package = { s3_bucket = "the-package-bucket", s3_key = "the-package-key", source_code_hash = "the-hash" }
  }
}

run "several_regions" {
  module {
    source = "./examples/several-regions"
  }
}

run "organisation" {
  module {
    source = "./examples/organisation"
  }
}
