package dev.unifiedproxy.transport;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.charset.StandardCharsets;

/** Any bytes are messages or one refusal, never anything else, and leave no buffer behind. */
final class Http1RequestDecoderFuzzTest {
    @FuzzTest
    void messagesOrOneRefusal(byte[] input) {
        WireTranscript.once(input);
    }

    @FuzzTest
    void bodyOrOneRefusal(byte[] input) {
        byte[] head =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(head, head.length + input.length);
        System.arraycopy(input, 0, all, head.length, input.length);
        WireTranscript.once(all);
    }
}
