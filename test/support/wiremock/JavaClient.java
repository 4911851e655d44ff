// What a test does with WireMock's own Java client, told line by line: the same program is run against WireMock and against svc-mock.
// Arguments: port of the admin API, token or -, path prefix or -, address of the mocked service.
import static com.github.tomakehurst.wiremock.client.WireMock.*;

import com.github.tomakehurst.wiremock.client.VerificationException;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.client.WireMockBuilder;
import com.github.tomakehurst.wiremock.common.Metadata;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import com.github.tomakehurst.wiremock.security.ClientTokenAuthenticator;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.stubbing.StubImport;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.github.tomakehurst.wiremock.verification.NearMiss;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;

public class JavaClient {
  static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  static String service;

  static void say(Object... words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) line.append(line.length() == 0 ? "" : " ").append(word);
    System.out.println(line);
  }

  static String call(String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) request.headers(headers);
    try {
      HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      // Who has no stub says so with a status of its own.
      boolean nobody = response.statusCode() == 404 || response.statusCode() == 502;
      return nobody ? "unmatched" : response.statusCode() + " " + response.body();
    } catch (IOException error) {
      return "broken";
    }
  }

  static String outcome(Runnable work) {
    try {
      work.run();
      return "ok";
    } catch (VerificationException error) {
      return "VerificationException";
    } catch (RuntimeException error) {
      return error.getClass().getSimpleName();
    }
  }

  public static void main(String[] args) throws Exception {
    service = args[3];
    WireMockBuilder builder = WireMock.create().host("localhost").port(Integer.parseInt(args[0]));
    if (!args[1].equals("-")) builder = builder.authenticator(new ClientTokenAuthenticator(args[1]));
    if (!args[2].equals("-")) builder = builder.urlPathPrefix(args[2]);
    final WireMock wm = builder.build();
    configureFor(wm);

    say("# stubs");
    wm.resetMappings();
    wm.resetRequests();
    StubMapping first = wm.register(get("/orders/1").willReturn(okJson("{\"id\":1}")));
    say(call("GET", "/orders/1", null));
    wm.register(get("/orders/1").willReturn(okJson("{\"id\":\"newer\"}")));
    say(call("GET", "/orders/1", null));
    wm.register(get(urlPathMatching("/orders/.*")).atPriority(1).willReturn(aResponse().withStatus(203).withBody("first")));
    wm.register(any(anyUrl()).atPriority(10).willReturn(aResponse().withStatus(418).withBody("last")));
    say(call("GET", "/orders/1", null), call("GET", "/orders/2", null), call("PUT", "/else", "x"));
    say("stubs", wm.allStubMappings().getMappings().size());
    say("one", wm.getStubMapping(first.getId()).getItem().getRequest().getUrl());
    wm.removeStubMapping(first);
    say("stubs", wm.allStubMappings().getMappings().size());
    wm.resetMappings();
    say("stubs", wm.allStubMappings().getMappings().size(), call("GET", "/orders/1", null));

    say("# editing");
    UUID id = UUID.fromString("7f0f3e3a-3d0a-4c59-9d0d-6d5a2f5d6f01");
    wm.register(get("/edited").withId(id).willReturn(ok("before")));
    wm.register(get("/edited").willReturn(ok("newer")));
    say(call("GET", "/edited", null));
    wm.editStubMapping(get("/edited").withId(id).willReturn(ok("after")));
    say("keeps its place:", call("GET", "/edited", null));
    say("same id", outcome(() -> wm.register(get("/edited").withId(id).willReturn(ok("twice")))));
    wm.resetMappings();

    say("# conditions");
    wm.register(
        post(urlPathEqualTo("/pay"))
            .withQueryParam("currency", equalTo("EUR"))
            .withHeader("X-Mode", matching("fast|slow"))
            .withRequestBody(matchingJsonPath("$.amount"))
            .willReturn(created().withHeader("X-Made", "yes").withBody("paid")));
    say(call("POST", "/pay?currency=EUR", "{\"amount\":1}", "X-Mode", "fast", "Content-Type", "application/json"));
    say(call("POST", "/pay?currency=USD", "{\"amount\":1}", "X-Mode", "fast"));
    say(call("POST", "/pay?currency=EUR", "{\"total\":1}", "X-Mode", "fast"));

    say("# verification");
    RequestPatternBuilder paid = postRequestedFor(urlPathEqualTo("/pay"));
    say("three", outcome(() -> wm.verifyThat(3, paid)));
    say("two", outcome(() -> wm.verifyThat(2, paid)));
    say("none", outcome(() -> wm.verifyThat(0, getRequestedFor(urlEqualTo("/never")))));
    say("more", outcome(() -> wm.verifyThat(moreThan(1), paid)));
    say(
        "body",
        outcome(() -> wm.verifyThat(1, postRequestedFor(anyUrl()).withRequestBody(equalToJson("{\"total\":1}")))));
    say(
        "header",
        outcome(() -> wm.verifyThat(3, postRequestedFor(anyUrl()).withHeader("x-mode", containing("fa")))));
    say("query", outcome(() -> wm.verifyThat(1, paid.withQueryParam("currency", equalTo("USD")))));
    List<LoggedRequest> found = wm.find(postRequestedFor(urlPathEqualTo("/pay")));
    for (LoggedRequest request : found)
      say(
          request.getMethod(),
          request.getUrl(),
          request.getHeader("X-Mode"),
          request.getBodyAsString(),
          request.queryParameter("currency").firstValue());

    say("# events");
    List<ServeEvent> events = wm.getServeEvents();
    for (ServeEvent event : events)
      say(
          event.getRequest().getUrl(),
          event.getWasMatched(),
          event.getWasMatched() && event.getResponse() != null && event.getResponse().getStatus() > 0
              ? event.getResponse().getStatus() + " " + event.getResponse().getBodyAsString()
              : "-",
          event.getWasMatched() ? event.getStubMapping().getRequest().getUrlPath() : "-");
    wm.removeServeEvent(events.get(0).getId());
    say("left", wm.getServeEvents().size());
    wm.removeServeEvents(postRequestedFor(urlPathEqualTo("/pay")).withQueryParam("currency", equalTo("USD")));
    say("left", wm.getServeEvents().size());

    say("# near misses");
    for (LoggedRequest request : wm.findAllUnmatchedRequests()) say("unmatched", request.getUrl());
    for (NearMiss miss : wm.findNearMissesForAllUnmatched())
      if (miss.getStubMapping().getRequest().getUrlPath() != null)
        say("near", miss.getRequest().getUrl(), miss.getStubMapping().getRequest().getUrlPath());
    List<NearMiss> near = wm.findAllNearMissesFor(postRequestedFor(urlEqualTo("/pay?currency=GBP")));
    say("nearest to pattern", near.get(0).getRequest().getUrl().split("\\?")[0], near.get(0).getMatchResult().getDistance() > 0);
    List<NearMiss> like = wm.findNearMissesFor(found.get(1));
    say("nearest to request", like.get(0).getStubMapping().getRequest().getUrlPath());
    wm.resetRequests();
    say("left", wm.getServeEvents().size(), wm.find(anyRequestedFor(anyUrl())).size());
    wm.register(get("/reset").willReturn(aResponse().withFault(com.github.tomakehurst.wiremock.http.Fault.CONNECTION_RESET_BY_PEER)));
    say(call("GET", "/reset", null));
    wm.resetMappings();

    say("# scenarios");
    wm.register(get("/todo").inScenario("list").whenScenarioStateIs("Started").willReturn(ok("empty")).willSetStateTo("filled"));
    wm.register(get("/todo").inScenario("list").whenScenarioStateIs("filled").willReturn(ok("milk")));
    say(call("GET", "/todo", null), call("GET", "/todo", null));
    wm.getAllScenarios()
        .forEach(
            scenario ->
                say(scenario.getName(), scenario.getState(), new java.util.TreeSet<>(scenario.getPossibleStates())));
    wm.resetScenarios();
    say(call("GET", "/todo", null), call("GET", "/todo", null));
    wm.setScenarioState("list", "Started");
    say(call("GET", "/todo", null));
    wm.resetScenario("list");
    say(call("GET", "/todo", null));
    say("unknown state", outcome(() -> wm.setScenarioState("list", "gone")));
    say("unknown scenario", outcome(() -> wm.setScenarioState("nobody", "gone")));

    say("# metadata");
    wm.register(get("/a").withMetadata(Metadata.metadata().attr("team", "red")).willReturn(ok("a")));
    wm.register(get("/b").withMetadata(Metadata.metadata().attr("team", "blue")).willReturn(ok("b")));
    say(wm.findAllStubsByMetadata(matchingJsonPath("$.team", equalTo("red"))).size());
    call("GET", "/a", null);
    call("GET", "/b", null);
    wm.removeEventsByStubMetadata(matchingJsonPath("$.team", equalTo("red")));
    say("left", wm.find(getRequestedFor(urlPathMatching("/[ab]"))).size());
    wm.removeStubsByMetadataPattern(matchingJsonPath("$.team", equalTo("blue")));
    say(call("GET", "/a", null), call("GET", "/b", null));

    say("# import");
    wm.importStubMappings(
        StubImport.stubImport()
            .stub(get("/one").willReturn(ok("1")))
            .stub(get("/two").willReturn(ok("2")))
            .deleteAllExistingStubsNotInImport());
    say("stubs", wm.allStubMappings().getMappings().size(), call("GET", "/one", null), call("GET", "/two", null));

    say("# delay of all");
    wm.setGlobalFixedDelayVariable(300);
    long begin = System.nanoTime();
    call("GET", "/one", null);
    say("held back", System.nanoTime() - begin >= 290_000_000L, wm.getGlobalSettings().getFixedDelay());

    say("# reset");
    wm.resetToDefaultMappings();
    say("stubs", wm.allStubMappings().getMappings().size());
    wm.register(get("/x").willReturn(ok("x")));
    call("GET", "/x", null);
    reset();
    say("stubs", wm.allStubMappings().getMappings().size(), "requests", wm.getServeEvents().size());
    say(call("GET", "/x", null));
  }
}
