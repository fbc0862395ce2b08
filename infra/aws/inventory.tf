# Whole inventories through the function, by engines of AWS: a role for S3 Batch Operations, and a state machine that has a
# Distributed Map go through a prefix. What they ask the function for is a replay, or the parts of a backtest or a baseline. Off
# unless asked for; neither costs anything until a job or an execution is started.

locals {
  inventory = var.inventory_jobs ? { jobs = aws_lambda_function.this.arn } : {}
  # Where manifests and reports of jobs lie: beside rejects, and gone with them.
  inventory_prefix = "inventory"
  # What the function keeps of objects that it gathers, and the rules that a backtest tries, which an operator puts there.
  inventory_places = { PARTS = "parts", CANDIDATE = "candidate" }

  inventory_roles = {
    batch = {
      service = "batchoperations.s3.amazonaws.com"
      statements = [
        {
          Sid      = "InvokeTheFunction", Effect = "Allow", Action = ["lambda:InvokeFunction"]
          Resource = [aws_lambda_function.this.arn, "${aws_lambda_function.this.arn}:*"]
        },
        {
          Sid       = "ReadManifests", Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource  = ["${aws_s3_bucket.rejects.arn}/${local.inventory_prefix}/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
        },
        {
          Sid       = "WriteReports", Effect = "Allow", Action = ["s3:PutObject"]
          Resource  = ["${aws_s3_bucket.rejects.arn}/${local.inventory_prefix}/reports/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
        },
        {
          Sid       = "UseTheKey", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [local.key_arn]
          Condition = { StringEquals = { "kms:ViaService" = [local.via.s3] } }
        },
      ]
    }
    map = {
      service = "states.amazonaws.com"
      statements = concat(
        [{
          Sid      = "InvokeTheFunction", Effect = "Allow", Action = ["lambda:InvokeFunction"]
          Resource = [aws_lambda_function.this.arn]
        }],
        [for owner, names in local.trail_owners : {
          Sid       = "ListTrail${owner == local.account ? "" : owner}", Effect = "Allow", Action = ["s3:ListBucket"]
          Resource  = [for name in names : "arn:${local.partition}:s3:::${name}"]
          Condition = { StringEquals = { "aws:ResourceAccount" = owner } }
        }],
        [{
          Sid      = "RunChildren", Effect = "Allow", Action = ["states:StartExecution"]
          Resource = ["arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}-inventory"]
        }],
      )
    }
  }
}

resource "aws_iam_role" "inventory" {
  for_each = { for name, role in local.inventory_roles : name => role if var.inventory_jobs }

  name                 = "${var.name}-inventory-${each.key}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.value.service }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "inventory" {
  for_each = aws_iam_role.inventory

  name   = "least"
  role   = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.inventory_roles[each.key].statements })
}

resource "aws_sfn_state_machine" "inventory" {
  # checkov:skip=CKV_AWS_284: it does not speak X-Ray; the function's accounts and the map's own run say what became of each object
  # checkov:skip=CKV_AWS_285: child executions are told by their map run, and the function writes a line for each object
  for_each = local.inventory

  name     = "${var.name}-inventory"
  role_arn = aws_iam_role.inventory["map"].arn
  tags     = var.tags

  # Started with {"bucket": "…", "prefix": "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/"}; for what is to be gathered
  # beside them "job", which is "backtest" or "learn", and its name, "parts".
  definition = jsonencode({
    StartAt = "EachObject"
    States = {
      EachObject = {
        Type           = "Map"
        End            = true
        MaxConcurrency = var.maximum_concurrency
        # What fails for good is in the map's run and among the rejects; it keeps nothing else from being read.
        ToleratedFailurePercentage = 100
        ItemReader = {
          Resource   = "arn:${local.partition}:states:::s3:listObjectsV2"
          Parameters = { "Bucket.$" = "$.bucket", "Prefix.$" = "$.prefix" }
        }
        ItemSelector = { "Bucket.$" = "$.bucket", "Key.$" = "$$.Map.Item.Value.Key" }
        # All that was asked for goes with each batch: "job" and "parts" need not be there.
        ItemBatcher = { MaxItemsPerBatch = 10, BatchInput = { "Asked.$" = "$" } }
        ItemProcessor = {
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Evaluate"
          States = {
            Evaluate = {
              Type       = "Task"
              End        = true
              Resource   = "arn:${local.partition}:states:::lambda:invoke"
              Parameters = { FunctionName = each.value, "Payload.$" = "$" }
              OutputPath = "$.Payload"
              # What fails whole may pass; what was done of it is found published.
              Retry = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, BackoffRate = 2, MaxAttempts = 6, MaxDelaySeconds = 300, JitterStrategy = "FULL" }]
            }
          }
        }
      }
    }
  })

  depends_on = [aws_iam_role_policy.inventory]
}
