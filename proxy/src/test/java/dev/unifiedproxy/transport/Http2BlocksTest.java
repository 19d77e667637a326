package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;

import org.junit.jupiter.api.Test;

class Http2BlocksTest {
    /** RFC 9113 section 8.2: names leave in lower case, whatever an HTTP/1.1 server wrote. */
    @Test
    void namesLeaveInLowerCase() {
        assertThat(Http2Blocks.lines(Http2Blocks.response(200, Headers.of("X-Api", "A", "b", "C"))))
                .containsExactly(":status", "200", "x-api", "A", "b", "C");
    }

    @Test
    void trailersHaveNoPseudoHeader() {
        assertThat(Http2Blocks.lines(Http2Blocks.trailers(Headers.of("Grpc-Status", "0"))))
                .containsExactly("grpc-status", "0");
    }

    @Test
    void valuesKeepEachByte() {
        assertThat(Http2Blocks.lines(Http2Blocks.trailers(Headers.of("a", "\u00e4\u00ff"))))
                .containsExactly("a", "\u00e4\u00ff");
    }
}
