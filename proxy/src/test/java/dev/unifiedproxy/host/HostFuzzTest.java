package dev.unifiedproxy.host;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.charset.StandardCharsets;

/** Any bytes are a host or a {@link HostSyntaxException}, and an accepted host is a fixed point. */
final class HostFuzzTest {
    @FuzzTest
    void hostOrRefusal(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        checkPattern(text);
        Host host;
        try {
            host = Host.parse(text);
        } catch (HostSyntaxException e) {
            return;
        }
        String canonical = host.text();
        String again = canonical.indexOf(':') < 0 ? canonical : "[" + canonical + "]";
        if (!Host.parse(again).equals(host)) {
            throw new AssertionError(text + " is " + host + " and then " + Host.parse(again));
        }
    }

    private static void checkPattern(String text) {
        HostPattern pattern;
        try {
            pattern = HostPattern.parse(text);
        } catch (HostSyntaxException e) {
            return;
        }
        if (!HostPattern.parse(pattern.text()).equals(pattern)) {
            throw new AssertionError(text + " is not the pattern " + pattern.text());
        }
    }
}
