// What a test does with WireMock's own Go client, told line by line: the same against WireMock and against svc-mock.
// Arguments: address of the admin API with its credentials, address of the mocked service.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/wiremock/go-wiremock"
)

var service string

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func call(method, path, body string) string {
	request, err := http.NewRequest(method, service+path, strings.NewReader(body))
	must(err)
	client := &http.Client{Transport: &http.Transport{Proxy: nil}}
	response, err := client.Do(request)
	must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(err)
	// Who has no stub says so with a status of its own.
	if response.StatusCode == 404 || response.StatusCode == 502 {
		return "unmatched"
	}
	return fmt.Sprint(response.StatusCode, " ", string(text))
}

func main() {
	service = os.Args[2]
	client := wiremock.NewClient(os.Args[1])
	must(client.Clear())
	must(client.DeleteAllRequests())

	fmt.Println("# stubs")
	pay := wiremock.Post(wiremock.URLPathEqualTo("/pay")).
		WithQueryParam("currency", wiremock.EqualTo("EUR")).
		WithBodyPattern(wiremock.EqualToJson(`{"amount": 1}`)).
		WillReturnResponse(wiremock.NewResponse().WithStatus(201).WithBody("paid"))
	must(client.StubFor(pay))
	must(client.StubFor(wiremock.Get(wiremock.URLPathMatching("/orders/.*")).
		WillReturnResponse(wiremock.NewResponse().WithJSONBody(map[string]int{"id": 1})).
		AtPriority(2)))
	fmt.Println(call("POST", "/pay?currency=EUR", `{"amount":1}`), call("POST", "/pay?currency=USD", `{"amount":1}`))
	fmt.Println(call("GET", "/orders/7", ""))

	fmt.Println("# verification")
	good, err := client.Verify(pay.Request(), 1)
	must(err)
	bad, err := client.Verify(pay.Request(), 2)
	must(err)
	fmt.Println(good, bad)
	posted := wiremock.NewRequest("POST", wiremock.URLPathEqualTo("/pay"))
	count, err := client.GetCountRequests(posted)
	must(err)
	fmt.Println(count)

	fmt.Println("# requests")
	all, err := client.GetAllRequests()
	must(err)
	for _, one := range all.Requests {
		fmt.Println(one.Request.Method, one.Request.URL, one.WasMatched, one.Request.Body)
	}
	one, err := client.GetRequestByID(all.Requests[0].ID)
	must(err)
	fmt.Println(one.Request.URL, one.Response.Status, one.Response.Body)
	found, err := client.FindRequestsByCriteria(posted)
	must(err)
	for _, request := range found.Requests {
		fmt.Println(request.URL, request.QueryParams["currency"].Values)
	}
	unmatched, err := client.FindUnmatchedRequests()
	must(err)
	fmt.Println(len(unmatched.Requests), unmatched.Requests[0].URL)
	must(client.DeleteRequestByID(all.Requests[0].ID))
	removed, err := client.DeleteRequestsByCriteria(posted)
	must(err)
	fmt.Println(len(removed.Requests))
	left, err := client.GetAllRequests()
	must(err)
	fmt.Println(len(left.Requests))

	fmt.Println("# scenarios")
	must(client.StubFor(wiremock.Get(wiremock.URLEqualTo("/turn")).
		InScenario("turn").WhenScenarioStateIs(wiremock.ScenarioStateStarted).
		WillReturnResponse(wiremock.NewResponse().WithBody("first")).
		WillSetStateTo("over")))
	fmt.Println(call("GET", "/turn", ""), call("GET", "/turn", ""))
	must(client.ResetAllScenarios())
	fmt.Println(call("GET", "/turn", ""))

	fmt.Println("# reset")
	must(client.DeleteStub(pay))
	fmt.Println(call("POST", "/pay?currency=EUR", `{"amount":1}`))
	must(client.Reset())
	fmt.Println(call("GET", "/orders/7", ""))
}
