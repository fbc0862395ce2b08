# Where no cloud answers, words that templates.py knows again: each becomes a parameter or a pseudo parameter of CloudFormation.

mock_data "aws_caller_identity" {
  defaults = { account_id = "the-account" }
}
mock_data "aws_partition" {
  defaults = { partition = "the-partition", dns_suffix = "the-dns-suffix" }
}
mock_data "aws_region" {
  defaults = { id = "the-region" }
}
