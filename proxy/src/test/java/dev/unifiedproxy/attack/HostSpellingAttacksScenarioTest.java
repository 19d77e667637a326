package dev.unifiedproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.scenario.ProxyUnderTest;
import dev.unifiedproxy.scenario.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** threats.md section 2: how is the host written? */
@Timeout(60)
class HostSpellingAttacksScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("allowed.example", "*.wild.example")
                    .resolving(
                            "evil.example",
                            "a.wild.example",
                            "wild.example",
                            "a.b.wild.example",
                            "notallowed.example",
                            "localhost")
                    .allowingUnresolved("127.0.0.1.nip.io", "169-254-169-254.nip.io");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example\u0000.allowed.example",
                "allowed.example\u0000",
                "evil.example\u007f.wild.example",
                "evil.example\t.wild.example",
                "evil.example\u0001.wild.example",
                "evil.example%00.wild.example",
                "evil.example .wild.example"
            })
    void threat018_controlByteInName(String host) throws IOException {
        assertBothRefused(host, "400 http.malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allowed.example..",
                "[allowed.example]",
                ".allowed.example",
                "allowed..example"
            })
    void threat019_dotsAndBrackets(String host) throws IOException {
        assertBothRefused(host, "400 http.malformed");
    }

    @Test
    void threat019_nearMissOneTrailingDotIsTheSameName() throws IOException {
        Reply reply = PROXY.client().get("http://allowed.example./x");
        assertThat(PROXY.assertForwarded(reply).all("host")).containsExactly("allowed.example");
    }

    @Test
    void threat019_trailingDotDoesNotEscapeTheList() throws IOException {
        assertBothRefused("evil.example.", "403 policy.host_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost.", "foo.localhost", "foo.localhost."})
    void threat020_localhostNames(String host) throws IOException {
        assertBothRefused(host, "403 policy.host_not_allowed");
    }

    @Test
    void threat020_addressInsideAnAllowedName() throws IOException {
        PROXY.dns().put("127.0.0.1.nip.io", "127.0.0.1");
        PROXY.dns().put("169-254-169-254.nip.io", "169.254.169.254");
        PROXY.assertRefused(
                PROXY.client().get("http://127.0.0.1.nip.io/"), "403 upstream.address_forbidden");
        PROXY.assertRefused(
                PROXY.client().get("http://169-254-169-254.nip.io/"),
                "403 upstream.address_forbidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00ef\u00bd\u0081llowed.example", // a fullwidth letter, in UTF-8
                "allo\u00c2\u00adwed.example", // a soft hyphen
                "\u00d0\u00b0llowed.example", // a Cyrillic letter
                "all\u00f6wed.example" // one byte of ISO 8859-1
            })
    void threat021_nonAsciiName(String host) throws IOException {
        assertBothRefused(host, "400 http.malformed");
    }

    @Test
    void threat021_lookalikeInPunycodeIsAnotherName() throws IOException {
        assertBothRefused("xn--llowed-8nf.example", "403 policy.host_not_allowed");
    }

    @Test
    void threat021_nearMissUpperCase() throws IOException {
        assertThat(PROXY.assertForwarded(PROXY.client().get("http://ALLOWED.Example/")).all("host"))
                .containsExactly("allowed.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "notallowed.example",
                "allowed.example.evil.example",
                "evil-allowed.example",
                "sub.allowed.example",
                "notwild.example",
                "wild.example.evil.example",
                "example"
            })
    void threat022_labelBoundary(String host) throws IOException {
        assertBothRefused(host, "403 policy.host_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wild.example", "a.wild.example", "a.b.wild.example"})
    void threat023_wildcardCoversApexAndEveryDepth(String host) throws IOException {
        PROXY.assertForwarded(PROXY.client().get("http://" + host + "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.wild.example", "*", "**.example"})
    void threat023_wildcardInRequest(String host) throws IOException {
        assertBothRefused(host, "400 http.malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://allowed.example@evil.example/",
                "http://allowed.example:80@evil.example/",
                "http://evil.example#@allowed.example/",
                "http://evil.example\\@allowed.example/",
                "http://evil.example\\.allowed.example/",
                "http:/allowed.example/",
                "http:allowed.example/",
                "http:///allowed.example/",
                "//allowed.example/x",
                "ftp://allowed.example/"
            })
    void threat025_userinfoAndBackslash(String url) throws IOException {
        Reply reply =
                PROXY.client().send("GET " + url + " HTTP/1.1\r\nHost: allowed.example\r\n\r\n");
        assertThat(reply.status()).as("%s", reply).isIn(400, 403);
        assertThat(reply.code()).startsWith("http.");
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1%25eth0]", "[fe80::1%eth0]", "[::1%25]"})
    void threat026_zoneId(String host) throws IOException {
        assertBothRefused(host, "400 http.malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allowed.example#",
                "allowed.example\nevil.example",
                "allowed.example\revil.example",
                "allowed.example,evil.example",
                "allowed.example;evil.example",
                "'allowed.example'",
                "\"allowed.example\""
            })
    void threat027_configurationSyntaxInName(String host) throws IOException {
        Reply reply =
                PROXY.client()
                        .send("CONNECT " + host + ":443 HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        PROXY.assertRefused(reply, "400 http.malformed");
    }

    private static void assertBothRefused(String host, String outcome) throws IOException {
        PROXY.assertRefused(PROXY.client().askTunnel(host + ":443"), outcome);
        PROXY.assertRefused(PROXY.client().get("http://" + host + "/"), outcome);
    }
}
