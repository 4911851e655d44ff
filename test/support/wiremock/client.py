"""What a test does with WireMock's own Python client, told line by line: the same against WireMock and against svc-mock.

Arguments: address of the admin API with its credentials, address of the mocked service.
"""
import sys
import urllib.error
import urllib.request

import requests
from wiremock.client import (
    CommonHeaders,
    HttpMethods,
    Mapping,
    MappingRequest,
    MappingResponse,
    Mappings,
    NearMisses,
    NearMissMatchPatternRequest,
    NearMissMatchRequest,
    Requests,
    Scenarios,
)
from wiremock.constants import Config

admin, service = sys.argv[1:3]
Config.base_url = admin
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method, path, body=None):
    request = urllib.request.Request(service + path, data=body and body.encode(), method=method)
    try:
        with opener.open(request) as response:
            return f"{response.status} {response.read().decode()}"
    except urllib.error.HTTPError as error:
        error.read()
        # Who has no stub says so with a status of its own.
        return "unmatched" if error.code in (404, 502) else f"{error.code}"


def stub(method, url, body, **more):
    return Mapping(
        priority=100,
        request=MappingRequest(method=method, url=url),
        response=MappingResponse(status=200, body=body, headers={CommonHeaders.CONTENT_TYPE: "text/plain"}),
        persistent=False,
        **more,
    )


Mappings.delete_all_mappings()
# The client's own way is one that WireMock 3 has no more.
requests.delete(admin + "/requests").raise_for_status()

print("# stubs")
made = Mappings.create_mapping(stub(HttpMethods.GET, "/hello", "hi"))
print(made.request.url, call("GET", "/hello"), call("GET", "/other"))
print(Mappings.retrieve_all_mappings().meta.total)
made.response.body = "changed"
Mappings.update_mapping(made)
print(Mappings.retrieve_mapping(made).response.body, call("GET", "/hello"))

print("# requests")
pattern = NearMissMatchPatternRequest(url="/hello", method=HttpMethods.GET)
print(Requests.get_matching_request_count(pattern).count)
print([one.url for one in Requests.get_matching_requests(pattern).requests])
print([one.url for one in Requests.get_unmatched_requests().requests])
events = Requests.get_all_received_requests().requests
print([one.request.url for one in events], Requests.get_request(events[0].id).request.method)

print("# near misses")
print([one.request.url for one in Requests.get_unmatched_requests_near_misses().near_misses][:1])
near = NearMisses.find_nearest_misses_by_request(NearMissMatchRequest(url="/hell", absolute_url=service + "/hell", method="GET"))
print([one.match_result.distance > 0 for one in near.near_misses][:1])
near = NearMisses.find_nearest_misses_by_request_pattern(NearMissMatchPatternRequest(url="/hallo", method="GET"))
print(sorted({one.request.url for one in near.near_misses}))

print("# scenarios")
state = dict(scenario_name="turn", required_scenario_state="Started", new_scenario_state="over")
Mappings.create_mapping(stub(HttpMethods.GET, "/turn", "first", **state))
print(call("GET", "/turn"), call("GET", "/turn"))
Scenarios.reset_all_scenarios()
print(call("GET", "/turn"))

print("# metadata")
Mappings.create_mapping(stub(HttpMethods.GET, "/meta", "meta", metadata={"team": "red"}))
Mappings.delete_mapping_by_metadata({"matchesJsonPath": {"expression": "$.team", "equalTo": "red"}})
print(call("GET", "/meta"))

print("# reset")
Mappings.delete_mapping(made.id)
print(call("GET", "/hello"))
Mappings.reset_mappings()
print(Mappings.retrieve_all_mappings().meta.total)
