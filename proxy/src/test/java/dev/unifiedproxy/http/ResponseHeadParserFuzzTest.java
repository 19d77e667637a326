package dev.unifiedproxy.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

/** Any bytes are one response head or a refusal of the server's response. */
final class ResponseHeadParserFuzzTest {
    @FuzzTest
    void headOrRefusal(byte[] input) {
        for (Method method : Method.values()) {
            try {
                ResponseHead head = ResponseHeadParser.parse(input, input.length, method, false);
                if (head.keepAlive() && head.framing() instanceof BodyFraming.UntilClose) {
                    throw new AssertionError("Kept alive, and ends with its connection: " + head);
                }
            } catch (RefusedException e) {
                if (e.refusal().code() != ErrorCode.BAD_RESPONSE) {
                    throw e;
                }
            }
        }
    }
}
