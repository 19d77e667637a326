package dev.unifiedproxy.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.host.Host;
import dev.unifiedproxy.http.WholeBody;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.util.List;

class RestBodiesFuzzTest {
    private static final JsonMapper LENIENT = JsonMapper.builder().build();
    private static final RestBodies BODIES =
            new RestBodies(
                    ContainerScope.of(Calls.ours().container(), Host.parse("api.github.com"), true),
                    new ApiCall(
                            ApiCall.Door.REST,
                            List.of("repos", "o", "r", "contents", "a"),
                            "/repos/o/r/contents/a"));

    /** What passes says the same to a lenient reader, for whom the last of two names counts. */
    @FuzzTest
    void whatPassesIsHarmless(byte[] body) {
        for (RestTable.Body kind : RestTable.Body.values()) {
            if (BODIES.judge(kind, WholeBody.of(ByteBuffer.wrap(body))).isEmpty()) {
                assertHarmless(kind, body);
            }
        }
    }

    private static void assertHarmless(RestTable.Body kind, byte[] body) {
        JsonNode json;
        try {
            json = LENIENT.readTree(body);
        } catch (JacksonException e) {
            throw new AssertionError("passed and is no JSON", e);
        }
        assertThat(json.isObject()).isTrue();
        switch (kind) {
            case REVIEW ->
                    assertThat(json.path("event").asString("")).isNotEqualToIgnoringCase("approve");
            case PULL, ISSUE ->
                    assertThat(json.path("state").asString("")).isNotEqualToIgnoringCase("closed");
            case CONTENTS -> assertThat(json.path("branch").asString("main")).isNotEqualTo("main");
            case RELEASE -> assertThat(json.has("tag_name")).isFalse();
            case NEW_PULL -> assertThat(json.path("head").asString("")).doesNotStartWith("evil:");
            case UNREAD -> {}
        }
    }
}
