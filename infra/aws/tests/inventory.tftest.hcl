# Inventories through the function: nothing of it unless asked for, and roles that can do no more than that.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_buckets = { "example-trail" = {}, "example-foreign" = { account_id = "444455556666" } }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}

run "nothing_of_it_unless_asked_for" {
  assert {
    condition     = length(aws_iam_role.inventory) + length(aws_iam_role_policy.inventory) + length(aws_sfn_state_machine.inventory) == 0 && output.inventory == null
    error_message = "No role and no state machine without inventory_jobs."
  }
  assert {
    condition     = !can(regex("TRAILHOUND_(PARTS|CANDIDATE)_URI", jsonencode(aws_lambda_function.this.environment[0].variables))) && !strcontains(aws_iam_role_policy.function.policy, "inventory/")
    error_message = "Nor a place for parts, nor what the function needs to gather any."
  }
}

run "jobs_and_executions_invoke_the_function" {
  variables {
    inventory_jobs           = true
    role_path                = "/security/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/example-boundary"
    maximum_concurrency      = 7
  }
  assert {
    condition = jsonencode({ for name, r in aws_iam_role.inventory : name => [r.name, r.path, r.permissions_boundary, jsondecode(r.assume_role_policy).Statement[0]] }) == jsonencode({
      batch = ["trailhound-inventory-batch", "/security/", "arn:aws:iam::111122223333:policy/example-boundary", { Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }, Effect = "Allow", Principal = { Service = "batchoperations.s3.amazonaws.com" } }]
      map   = ["trailhound-inventory-map", "/security/", "arn:aws:iam::111122223333:policy/example-boundary", { Action = "sts:AssumeRole", Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }, Effect = "Allow", Principal = { Service = "states.amazonaws.com" } }]
    })
    error_message = "Each engine takes its role, for this account, and nobody else."
  }
  assert {
    condition = jsonencode({ for name, p in aws_iam_role_policy.inventory : name => [for s in jsondecode(p.policy).Statement : [s.Effect, s.Action, s.Resource, try(s.Condition.StringEquals, null)]] }) == jsonencode({
      batch = [
        ["Allow", ["lambda:InvokeFunction"], [aws_lambda_function.this.arn, "${aws_lambda_function.this.arn}:*"], null],
        ["Allow", ["s3:GetObject", "s3:GetObjectVersion"], ["${aws_s3_bucket.rejects.arn}/inventory/*"], { "aws:ResourceAccount" = "111122223333" }],
        ["Allow", ["s3:PutObject"], ["${aws_s3_bucket.rejects.arn}/inventory/reports/*"], { "aws:ResourceAccount" = "111122223333" }],
        ["Allow", ["kms:Decrypt", "kms:GenerateDataKey"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"], { "kms:ViaService" = ["s3.eu-west-1.amazonaws.com"] }],
      ]
      map = [
        ["Allow", ["lambda:InvokeFunction"], [aws_lambda_function.this.arn], null],
        ["Allow", ["s3:ListBucket"], ["arn:aws:s3:::example-trail"], { "aws:ResourceAccount" = "111122223333" }],
        ["Allow", ["s3:ListBucket"], ["arn:aws:s3:::example-foreign"], { "aws:ResourceAccount" = "444455556666" }],
        ["Allow", ["states:StartExecution"], ["arn:aws:states:eu-west-1:111122223333:stateMachine:trailhound-inventory"], null],
      ]
    })
    error_message = "The roles may do this and no more."
  }
  assert {
    condition = jsonencode([for m in aws_sfn_state_machine.inventory : [m.name, m.role_arn, jsondecode(m.definition)]]) == jsonencode([["trailhound-inventory", aws_iam_role.inventory["map"].arn, {
      StartAt = "EachObject"
      States = {
        EachObject = {
          Type         = "Map", End = true, MaxConcurrency = 7, ToleratedFailurePercentage = 100
          ItemReader   = { Resource = "arn:aws:states:::s3:listObjectsV2", Parameters = { "Bucket.$" = "$.bucket", "Prefix.$" = "$.prefix" } }
          ItemSelector = { "Bucket.$" = "$.bucket", "Key.$" = "$$.Map.Item.Value.Key" }
          ItemBatcher  = { MaxItemsPerBatch = 10, BatchInput = { "Asked.$" = "$" } }
          ItemProcessor = {
            ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
            StartAt         = "Evaluate"
            States = { Evaluate = {
              Type       = "Task", End = true, Resource = "arn:aws:states:::lambda:invoke", OutputPath = "$.Payload"
              Parameters = { FunctionName = aws_lambda_function.this.arn, "Payload.$" = "$" }
              Retry      = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, BackoffRate = 2, MaxAttempts = 6, MaxDelaySeconds = 300, JitterStrategy = "FULL" }]
            } }
          }
        }
      }
    }]])
    error_message = "Ten objects of a prefix an invocation, as the function reads them, and what fails whole comes again."
  }
  assert {
    condition = jsonencode([for name in ["PARTS", "CANDIDATE"] : lookup(aws_lambda_function.this.environment[0].variables, "TRAILHOUND_${name}_URI", null)]) == jsonencode([
      trimsuffix(output.inventory.parts, "/"), trimsuffix(output.inventory.candidate, "/"),
    ]) && output.inventory.parts == "s3://${aws_s3_bucket.rejects.id}/inventory/parts/" && output.inventory.candidate == "s3://${aws_s3_bucket.rejects.id}/inventory/candidate/"
    error_message = "The function keeps parts, and looks for a candidate, where it is told."
  }
  assert {
    condition = jsonencode([for s in jsondecode(aws_iam_role_policy.function.policy).Statement : [s.Action, s.Resource, s.Condition] if contains(["KeepParts", "ReadCandidate", "ListCandidate"], s.Sid)]) == jsonencode([
      [["s3:PutObject"], ["${aws_s3_bucket.rejects.arn}/inventory/parts/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }],
      [["s3:GetObject"], ["${aws_s3_bucket.rejects.arn}/inventory/candidate/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }],
      [["s3:ListBucket"], [aws_s3_bucket.rejects.arn], { StringEquals = { "aws:ResourceAccount" = "111122223333" }, StringLikeIfExists = { "s3:prefix" = ["inventory/candidate/*"] } }],
    ])
    error_message = "It may keep parts and read a candidate, and no more of what lies there."
  }
  assert {
    condition     = output.inventory.manifests == "s3://${aws_s3_bucket.rejects.id}/inventory/" && output.inventory.batch_role_arn == aws_iam_role.inventory["batch"].arn && output.inventory.state_machine_arn == aws_sfn_state_machine.inventory["jobs"].arn
    error_message = "What a job is made of is told."
  }
}
