"""Runs moto with corrections where moto 5.2.5 differs from AWS and our deployment depends on it: change sets that keep
outputs, tags and parameters, empty change sets, protected stacks, stacks that fail, and S3's check of a bucket's owner.

The first argument is the program `moto_server`; the others are passed to it. If the file that STAND_IN_FAILURE names
exists, changes of stacks fail as it says: {"status": ..., "events": [[resource, type, status, reason]]}.
"""

import json
import os
import runpy
import sys

program = sys.argv.pop(1)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(program))), "lib"))

from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.core.responses import ActionResult
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response

Backend = models.CloudFormationBackend
Response = responses.CloudFormationResponse


def fails(stack):
    """Makes the stack fail, if the failure file exists."""
    path = os.environ.get("STAND_IN_FAILURE", "")
    if not os.path.exists(path):
        return False
    with open(path) as file:
        failure = json.load(file)
    for resource, kind, status, reason in failure["events"]:
        stack.events.append(
            models.Event(stack.stack_id, stack.name, resource, resource, kind, status, reason, None)
        )
    stack.status = failure["status"]
    stack._add_stack_event(failure["status"])
    return True


create_change_set = Backend.create_change_set


def create(self, stack_name, change_set_name, template, parameters, change_set_type, tags=None, **rest):
    if change_set_type == "CREATE" and any(stack.name == stack_name for stack in self.stacks.values()):
        raise AlreadyExistsException(f"Stack [{stack_name}] already exists")
    change_set_id, stack_id = create_change_set(
        self,
        stack_name=stack_name,
        change_set_name=change_set_name,
        template=template,
        parameters=parameters,
        change_set_type=change_set_type,
        tags=tags,
        **rest,
    )
    change_set, stack = self.change_sets[change_set_id], self.stacks[stack_id]
    if change_set_type == "UPDATE":
        before = {name: str(value) for name, value in stack.stack_parameters.items()}
        is_same = before == {**before, **parameters} and stack.tags == tags and stack.has_template(template)
        change_set.status = "FAILED" if is_same else "CREATE_COMPLETE"
        change_set.execution_status = "UNAVAILABLE" if is_same else "AVAILABLE"
        change_set.status_reason = (
            "The submitted information didn't contain changes. Submit different information to create a change set."
            if is_same
            else None
        )
    return change_set_id, stack_id


def execute(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    stack = change_set.stack
    if change_set.execution_status != "AVAILABLE":
        raise ValidationError(message=f"ChangeSet [{change_set_name}] cannot be executed")
    self.delete_change_set(change_set.change_set_id)
    stack.tags = change_set.tags
    if fails(stack):
        return
    if change_set.change_set_type == "UPDATE":
        stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
        return
    stack.template = change_set.template
    stack._parse_template()
    stack.parameters = change_set.parameters
    stack.resource_map = stack._create_resource_map()
    stack.output_map = stack._create_output_map()
    stack._add_stack_event("CREATE_IN_PROGRESS", "User Initiated")
    stack.create_resources()


def diff(self):
    """Includes resources of which only a parameter changes."""
    before = self.stack.resource_map
    names = before.build_resource_diff(self.template_dict, self.parameters)
    kind = lambda name: (self.template_dict["Resources"].get(name) or before._resource_json_map[name])["Type"]
    return [models.Change(action, name, kind(name)) for action in names for name in names[action]]


delete_stack = Backend.delete_stack


def delete(self, name_or_stack_id):
    for stack in list(self.stacks.values()):
        if name_or_stack_id in (stack.name, stack.stack_id):
            if stack.enable_termination_protection:
                raise ValidationError(
                    message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
                )
            if fails(stack):
                return
    delete_stack(self, name_or_stack_id)


def update_termination_protection(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def owned(respond):
    def checked(self, request, full_url):
        expected = request.headers.get("x-amz-expected-bucket-owner")
        owner = s3_backends.bucket_accounts.get(self.parse_bucket_name_from_url(request, full_url))
        if expected and owner and owner[1] != expected:
            error = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            return 403, {"content-type": "application/xml"}, "" if request.method == "HEAD" else error
        return respond(self, request, full_url)

    return checked


Backend.create_change_set = create
Backend.execute_change_set = execute
Backend.delete_stack = delete
models.ChangeSet.diff = diff
Response.update_termination_protection = update_termination_protection
# The change set reports whether anything changes, not the request.
Response._validate_different_update = lambda self, parameters, template, stack: None
Response.RESPONSE_KEY_PATH_TO_TRANSFORMER["DescribeChangeSetOutput.Tags"] = responses.transform_dict
S3Response._bucket_response = owned(S3Response._bucket_response)
S3Response._key_response = owned(S3Response._key_response)

sys.argv[0] = program
runpy.run_path(program, run_name="__main__")
