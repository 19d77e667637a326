package dev.unifiedproxy.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

/** Any bytes are a trailer section or the one refusal that was asked for. */
final class TrailerParserFuzzTest {
    @FuzzTest
    void trailersOrRefusal(byte[] input) {
        try {
            Headers trailers = TrailerParser.parse(input, input.length, ErrorCode.BAD_RESPONSE);
            if (trailers.contains("content-length")) {
                throw new AssertionError("Framing in a trailer: " + trailers);
            }
        } catch (RefusedException e) {
            if (e.refusal().code() != ErrorCode.BAD_RESPONSE) {
                throw e;
            }
        }
    }
}
