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
import java.util.Collections;

/** threats.md sections 3 and 4: addresses in every spelling, and names that lead to them. */
@Timeout(120)
class AddressAttacksScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY =
            ProxyUnderTest.allowing("allowed.example")
                    .allowingUnresolved("*.dns.example", "metadata.google.internal", "169.254.0.1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3.4",
                "127.0.0.1",
                "0177.0.0.1",
                "0x7f000001",
                "0x7f.0.0.01",
                "0x7f.1",
                "2130706433",
                "127.1",
                "127.0.1",
                "0",
                "0.0.0.0",
                "017700000001",
                "1.2.3.4.",
                "[::]",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:169.254.169.254]",
                "[::ffff:a9fe:a9fe]",
                "[::127.0.0.1]",
                "[0:0:0:0:0:0:0:1]",
                "[64:ff9b::a9fe:a9fe]"
            })
    void threat028_addressSpelling(String host) throws IOException {
        PROXY.assertRefused(PROXY.client().askTunnel(host + ":443"), "403 policy.ip_literal");
        PROXY.assertRefused(PROXY.client().get("http://" + host + "/"), "403 policy.ip_literal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"256.1.1.1", "1.2.3.4.5", "0x", "08.1.1.1", "4294967296", "1.2.3.0x"})
    void threat028_neitherNameNorAddress(String host) throws IOException {
        Reply reply = PROXY.client().get("http://" + host + "/");
        assertThat(reply.outcome()).isIn("400 http.malformed", "403 policy.ip_literal");
        PROXY.assertUpstreamUntouched();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "2001::1",
                "::ffff:10.0.0.1",
                "::7f00:1",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "::1",
                "100.64.0.1",
                "198.18.0.1",
                "192.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "224.0.0.1",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.0.1",
                "127.0.0.1",
                "127.8.8.8",
                "0.0.0.0"
            })
    void threat029_nameLeadsToForbiddenRange(String address) throws IOException {
        PROXY.dns().put("range.dns.example", address);
        assertForbidden("range.dns.example");
    }

    @Test
    void threat029_nameLeadsToTheStandInOnLoopback() throws IOException {
        PROXY.dns().put("loop.dns.example", PROXY.upstream().address());
        assertForbidden("loop.dns.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.170.2",
                "168.63.129.16",
                "100.100.100.200",
                "fd00:ec2::254",
                "fd20:ce::254"
            })
    void threat030_metadataService(String address) throws IOException {
        PROXY.dns().put("metadata.google.internal", address);
        assertForbidden("metadata.google.internal");
        String host = address.contains(":") ? "[" + address + "]" : address;
        PROXY.assertRefused(
                PROXY.client().get("http://" + host + "/latest/meta-data/"),
                "403 policy.ip_literal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.0.2", "[::ffff:169.254.169.254]"})
    void threat031_allowedNeighbourOpensNothingElse(String host) throws IOException {
        PROXY.assertRefused(PROXY.client().askTunnel(host + ":443"), "403 policy.ip_literal");
    }

    @Test
    void threat031_allowedAddressDoesNotExcuseAName() throws IOException {
        PROXY.dns().put("gateway.dns.example", "169.254.0.1");
        assertForbidden("gateway.dns.example");
    }

    @Test
    void threat032_sixIsFilteredLikeFour() throws IOException {
        PROXY.dns().put("six.dns.example", "::1");
        assertForbidden("six.dns.example");
    }

    @Test
    void threat033_addressIsLookedUpOnceAndThatAnswerCounts() throws IOException {
        PROXY.dns().rebind("rebind.dns.example", "10.0.0.1", PROXY.upstream().address());
        assertForbidden("rebind.dns.example");
        assertThat(Collections.frequency(PROXY.dns().asked(), "rebind.dns.example"))
                .as("one question for each type")
                .isLessThanOrEqualTo(2);
        assertForbidden("rebind.dns.example");
    }

    @Test
    void threat033_mixedAnswersAreRefusedAltogether() throws IOException {
        PROXY.dns().put("mixed.dns.example", "93.184.215.14", "10.0.0.1");
        assertForbidden("mixed.dns.example");
        PROXY.dns().put("mixed2.dns.example", "127.0.0.1", "93.184.215.14");
        assertForbidden("mixed2.dns.example");
    }

    @Test
    void threat033_nearMissAddressThatTheOperatorWrote() throws IOException {
        PROXY.assertForwarded(PROXY.client().get("http://allowed.example/"));
        assertThat(PROXY.dns().asked()).doesNotContain("allowed.example");
    }

    private static void assertForbidden(String name) throws IOException {
        PROXY.assertRefused(
                PROXY.client().get("http://" + name + "/"), "403 upstream.address_forbidden");
    }
}
