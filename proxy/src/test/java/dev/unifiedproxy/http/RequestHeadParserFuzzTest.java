package dev.unifiedproxy.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

/** Any bytes are one request head or one refusal that is the client's doing. */
final class RequestHeadParserFuzzTest {
    @FuzzTest
    void headOrRefusal(byte[] input) {
        RequestHead head;
        try {
            head = RequestHeadParser.parse(input, input.length);
        } catch (RefusedException e) {
            if (e.refusal().code().source() != ErrorCode.Source.DOWNSTREAM) {
                throw e;
            }
            return;
        }
        if (head.headers().contains("transfer-encoding")
                != (head.framing() instanceof BodyFraming.Chunked)) {
            throw new AssertionError("Two readings of where the body ends: " + head);
        }
    }
}
