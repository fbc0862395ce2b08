# Seconds instead of minutes: CloudTrail events straight from EventBridge, with the bucket as the complete record behind
# it. An event that comes both ways is one finding. Chat gets a topic of its own.

provider "aws" {
  region = "eu-west-1"
}

module "trailhound" {
  source = "../.."

  trail_buckets = { "example-trail-bucket" = {} }
  fast_path     = { enabled = true, include_read_only = true }
  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }
  chat_topic = true
}
