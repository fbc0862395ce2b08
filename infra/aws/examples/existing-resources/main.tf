# The bucket already notifies a topic (its own notifications, or CloudTrail's), the company has a key and an on-call
# topic, and the package lies in an artifact bucket. Nothing that exists is changed but for one more subscription.

provider "aws" {
  region = "eu-west-1"
}

module "trailhound" {
  source = "../.."

  trail_buckets = { "example-trail-bucket" = { key_prefix = "audit" } }
  notices = {
    from       = "sns"
    topic_arns = ["arn:aws:sns:eu-west-1:111122223333:example-trail-notices"]
  }

  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }

  kms_key_arn              = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"
  alarm_topic_arn          = "arn:aws:sns:eu-west-1:111122223333:example-oncall"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/example-boundary"

  subscriptions = {
    siem = {
      protocol = "sqs"
      endpoint = "arn:aws:sqs:eu-west-1:111122223333:example-siem"
      raw      = true
    }
    pager = {
      protocol      = "https"
      endpoint      = "https://pager.example.com/trailhound"
      filter_policy = { severity = ["high", "critical"] }
    }
  }
}

# Another installation beside it, reading a queue that already gets the notifications.
module "from_queue" {
  source = "../.."

  name          = "trailhound-queue"
  trail_buckets = { "example-second-bucket" = {} }
  notices = {
    from                   = "sqs"
    queue_arn              = "arn:aws:sqs:eu-west-1:111122223333:example-trail-notices"
    queue_kms_key_arn      = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000002"
    dead_letter_queue_name = "example-trail-notices-dead-letter"
  }
  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }
}
