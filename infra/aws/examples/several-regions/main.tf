# A multi-region trail needs one installation, where its bucket is: objects of every region arrive there. What happens
# only in a region is the fast path; each further region gets a rule that passes its events to the first region's bus.
# us-east-1 is one of them wherever the first region is: events of IAM and other global services are there and nowhere else.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

module "trailhound" {
  source = "../.."

  trail_buckets = { "example-trail-bucket" = {} }
  fast_path     = { enabled = true }
  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }
}

# Once for each further region.

resource "aws_cloudwatch_event_rule" "forward" {
  provider = aws.us_east_1

  name          = "trailhound-fast-path"
  description   = "CloudTrail events that detections look at, to the first region."
  event_pattern = module.trailhound.fast_path_pattern
}

resource "aws_cloudwatch_event_target" "forward" {
  provider = aws.us_east_1

  rule     = aws_cloudwatch_event_rule.forward.name
  arn      = "arn:${data.aws_partition.current.partition}:events:eu-west-1:${data.aws_caller_identity.current.account_id}:event-bus/default"
  role_arn = aws_iam_role.forward.arn

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 185
  }
}

resource "aws_iam_role" "forward" {
  name = "trailhound-forward"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  name = "put-events"
  role = aws_iam_role.forward.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = "arn:${data.aws_partition.current.partition}:events:eu-west-1:${data.aws_caller_identity.current.account_id}:event-bus/default"
    }]
  })
}
