package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/**
 * Field blocks ({@link Http2Fields}) as RFC 9113 section 8 wants them, and ways to get them wrong.
 */
class Http2HeadParserTest {
    private static final String GET =
            ":method|GET|:scheme|https|:path|/v1?a=b|:authority|api.example";

    private static List<String> block(String text) {
        List<String> lines = new ArrayList<>();
        for (String part : text.split("\\|", -1)) {
            lines.add(part.translateEscapes());
        }
        return lines;
    }

    private static RequestHead request(String text) {
        return Http2HeadParser.request(block(text), true);
    }

    private static void refused(ErrorCode code, Runnable parse) {
        assertThatThrownBy(parse::run)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(code));
    }

    @Nested
    class Requests {
        @Test
        void pseudoHeadersBecomeTheStartLineAndHost() {
            RequestHead head = request(GET + "|accept|*/*");
            assertThat(head.method()).isEqualTo(Method.GET);
            assertThat(((RequestTarget.Origin) head.target()).text()).isEqualTo("/v1?a=b");
            assertThat(head.headers())
                    .isEqualTo(Headers.of("host", "api.example", "accept", "*/*"));
            assertThat(head.framing()).isEqualTo(BodyFraming.NONE);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // the order of pseudo-header fields is free
                    ":authority|api.example|:path|/|:method|GET|:scheme|https",
                    GET + "|host|api.example",
                    GET + "|host|API.example:443",
                    GET + "|te|trailers",
                    GET + "|expect|100-continue",
                    GET + "|x-empty|",
                    GET + "|x|a\\tb",
                    GET + "|content-length|0",
                })
        void passes(String text) {
            assertThat(request(text).headers().first("host")).contains("api.example");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    // section 8.3: pseudo-header fields come first, once, and are the known ones
                    "accept|*/*|" + GET,
                    ":method|GET|accept|*/*|:scheme|https|:path|/|:authority|a.example",
                    GET + "|:method|POST",
                    GET + "|:path|/other",
                    GET + "|:authority|api.example",
                    GET + "|:status|200",
                    GET + "|:protocol|websocket",
                    GET + "|:Method|GET",
                    // section 8.3.1: what must be there and what it may be
                    ":scheme|https|:path|/|:authority|api.example",
                    ":method|GET|:path|/|:authority|api.example",
                    ":method|GET|:scheme|https|:authority|api.example",
                    ":method|GET|:scheme|https|:path|/",
                    ":method||:scheme|https|:path|/|:authority|api.example",
                    ":method|GET|:scheme|https|:path||:authority|api.example",
                    ":method|GET|:scheme|https|:path|/|:authority|",
                    ":method|GET|:scheme|http|:path|/|:authority|api.example",
                    ":method|GET|:scheme|HTTPS|:path|/|:authority|api.example",
                    ":method|GET|:scheme|https|:path|v1|:authority|api.example",
                    ":method|GET|:scheme|https|:path|https://evil.example/|:authority|api.example",
                    ":method|GET|:scheme|https|:path|/a b|:authority|api.example",
                    ":method|GET|:scheme|https|:path|/a?b c|:authority|api.example",
                    ":method|GE T|:scheme|https|:path|/|:authority|api.example",
                    // section 8.2: lower case, and names that could not begin a line
                    GET + "|Accept|*/*",
                    GET + "||empty",
                    GET + "|a b|c",
                    GET + "|a:b|c",
                    GET + "|a\\r\\nb|c",
                    GET + "|n\u00e4me|c",
                    // section 8.2.1: values that could become lines, or be trimmed
                    GET + "|x|a\\r\\nhost: evil.example",
                    GET + "|x|a\\nb",
                    GET + "|x|a\\rb",
                    GET + "|x|a\\0b",
                    GET + "|x|a\\177b",
                    GET + "|x| a",
                    GET + "|x|a ",
                    GET + "|x|\\ta",
                    // section 8.2.2: the connection's own fields
                    GET + "|connection|close",
                    GET + "|keep-alive|1",
                    GET + "|proxy-connection|close",
                    GET + "|transfer-encoding|chunked",
                    GET + "|upgrade|websocket",
                    GET + "|http2-settings|AAMAAABk",
                    GET + "|te|gzip",
                    GET + "|te|trailers, deflate",
                    // section 8.1.1 and RFC 9110 section 8.6
                    GET + "|content-length|1",
                    GET + "|content-length|0|content-length|0",
                    GET + "|content-length|0, 0",
                    GET + "|content-length|+0",
                    GET + "|content-length|",
                    GET + "|expect|200-ok",
                    // a second destination
                    GET + "|host|api.example|host|api.example",
                    GET + "|host|api example",
                })
        void malformed(String text) {
            refused(ErrorCode.MALFORMED, () -> request(text));
        }

        /** Threat 7. */
        @Test
        void hostThatDiffersFromTheAuthorityIsASecondDestination() {
            refused(ErrorCode.HOST_MISMATCH, () -> request(GET + "|host|evil.example"));
            refused(ErrorCode.HOST_MISMATCH, () -> request(GET + "|host|api.example:444"));
        }

        @ParameterizedTest
        @CsvSource({"CONNECT", "TRACE", "PRI", "get"})
        void methodsThatDoNotPass(String method) {
            refused(
                    ErrorCode.METHOD_UNSUPPORTED,
                    () ->
                            request(
                                    ":method|"
                                            + method
                                            + "|:scheme|https|:path|/|:authority|api.example"));
        }

        @Test
        void cookieCrumbsArePutTogether() {
            assertThat(request(GET + "|cookie|a=b|x|y|cookie|c=d").headers().all("cookie"))
                    .containsExactly("a=b; c=d");
        }

        @Test
        void framingFollowsContentLengthAndTheEndOfTheStream() {
            assertThat(Http2HeadParser.request(block(GET + "|content-length|7"), false).framing())
                    .isEqualTo(new BodyFraming.Length(7));
            assertThat(Http2HeadParser.request(block(GET), false).framing())
                    .isEqualTo(BodyFraming.CHUNKED);
        }

        @Test
        void asManyFieldsAsInAnHttp1Head() {
            String most = GET + "|a|b".repeat(124);
            assertThat(request(most).headers().size()).isEqualTo(125);
            refused(ErrorCode.HEAD_TOO_LARGE, () -> request(most + "|a|b"));
        }
    }

    @Nested
    class Trailers {
        @Test
        void passes() {
            assertThat(Http2HeadParser.trailers(block("grpc-status|0"), ErrorCode.MALFORMED))
                    .isEqualTo(Headers.of("grpc-status", "0"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    ":status|200",
                    ":path|/",
                    "content-length|5",
                    "authorization|x",
                    "Grpc-Status|0",
                    "a|b\\nc",
                })
        void refuses(String text) {
            refused(
                    ErrorCode.MALFORMED,
                    () -> Http2HeadParser.trailers(block(text), ErrorCode.MALFORMED));
        }
    }
}
