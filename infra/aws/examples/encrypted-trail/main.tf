# A trail whose objects are encrypted with a key. The function's role gets kms:Decrypt on it here; the key's policy must
# allow the role too, unless it already leaves that to the account's IAM.

provider "aws" {
  region = "eu-west-1"
}

module "trailhound" {
  source = "../.."

  trail_buckets = {
    "example-trail-bucket" = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000003" }
  }
  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }
}
