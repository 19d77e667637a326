package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.List;
import java.util.Random;

/** Which addresses may be dialled: both ends of each forbidden block and their neighbours. */
final class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(List.of());

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "thisNetworkFirst,0.0.0.0",
        "thisNetworkLast,0.255.255.255",
        "private10First,10.0.0.0",
        "private10Last,10.255.255.255",
        "cgnatFirst,100.64.0.0",
        "cgnatLast,100.127.255.255",
        "alibabaMetadata,100.100.100.200",
        "loopback,127.0.0.1",
        "loopbackLast,127.255.255.255",
        "dockerDns,127.0.0.11",
        "linkLocalFirst,169.254.0.0",
        "cloudMetadata,169.254.169.254",
        "ecsTaskMetadata,169.254.170.2",
        "private172First,172.16.0.0",
        "dockerBridgeGateway,172.17.0.1",
        "private172Last,172.31.255.255",
        "oracleMetadata,192.0.0.192",
        "documentation1,192.0.2.1",
        "sixToFourRelay,192.88.99.1",
        "private192Last,192.168.255.255",
        "benchmarkingFirst,198.18.0.0",
        "benchmarkingLast,198.19.255.255",
        "documentation2,198.51.100.1",
        "documentation3,203.0.113.255",
        "multicastFirst,224.0.0.0",
        "multicastDns,224.0.0.251",
        "reservedFirst,240.0.0.0",
        "broadcast,255.255.255.255",
        "azureHostServices,168.63.129.16",
        "unspecified6,::",
        "loopback6,::1",
        "mappedLoopback,::ffff:127.0.0.1",
        "mappedMetadataHex,::ffff:a9fe:a9fe",
        "compatibleLoopback,::127.0.0.1",
        "translatedLoopback,::ffff:0:127.0.0.1",
        "nat64Metadata,64:ff9b::169.254.169.254",
        "nat64Public,64:ff9b::8.8.8.8",
        "localNat64,64:ff9b:1::a00:1",
        "discard,100::1",
        "discardDummy,100:0:0:1::1",
        "teredo,2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "orchid,2001:20::1",
        "documentation6,2001:db8::1",
        "sixToFourPrivate,2002:a00:1::1",
        "documentation6New,3fff::1",
        "segmentRouting,5f00::1",
        "uniqueLocal,fd00::1",
        "awsMetadata6,fd00:ec2::254",
        "gcpMetadata6,fd20:ce::254",
        "linkLocal6,fe80::1",
        "siteLocal,fec0::1",
        "multicast6,ff02::1",
        "unassignedLow,1fff::1",
        "unassignedHigh,4000::1",
        "isatapPrivate,2600:1f18::5efe:10.0.0.1",
        "isatapGlobalBit,2600:1f18:0:0:200:5efe:8.8.8.8",
    })
    void isForbidden(String attack, String address) {
        assertThat(guard.objection(IpAddress.parse(address))).as(attack).isPresent();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "beforePrivate10,9.255.255.255",
        "afterPrivate10,11.0.0.0",
        "beforeCgnat,100.63.255.255",
        "afterCgnat,100.128.0.0",
        "beforeLoopback,126.255.255.255",
        "afterLoopback,128.0.0.0",
        "beforeLinkLocal,169.253.255.255",
        "afterLinkLocal,169.255.0.0",
        "beforePrivate172,172.15.255.255",
        "afterPrivate172,172.32.0.0",
        "afterProtocolAssignments,192.0.1.0",
        "beforePrivate192,192.167.255.255",
        "afterPrivate192,192.169.0.0",
        "beforeBenchmarking,198.17.255.255",
        "afterBenchmarking,198.20.0.0",
        "beforeMulticast,223.255.255.255",
        "azureNeighbour,168.63.129.17",
        "publicDns,8.8.8.8",
        "publicDnsMapped,::ffff:8.8.8.8",
        "publicDns6,2001:4860:4860::8888",
        "afterProtocolAssignments6,2001:200::1",
        "afterDocumentation6,2001:db9::1",
        "afterSixToFour,2003::1",
        "cloudfront6,2600:9000::1",
        "isatapNeighbour,2600:1f18::5eff:10.0.0.1",
    })
    void isPublic(String nearMiss, String address) {
        assertThat(guard.objection(IpAddress.parse(address))).as(nearMiss).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "::ffff:8.8.8.8", "2600:9000::1"})
    void ownAddressIsForbidden(String own) {
        AddressGuard careful = new AddressGuard(List.of(IpAddress.parse(own)));
        assertThat(careful.objection(IpAddress.parse(own)))
                .contains("an address of the proxy itself");
        assertThat(careful.objection(IpAddress.parse("8.8.4.4"))).isEmpty();
    }

    @RepeatedTest(300)
    void whatTheJdkCallsLocalIsForbidden(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        byte[] raw = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(raw);
        IpAddress address = IpAddress.of(raw);
        InetAddress jdk = address.toInetAddress();
        if (jdk.isAnyLocalAddress()
                || jdk.isLoopbackAddress()
                || jdk.isLinkLocalAddress()
                || jdk.isSiteLocalAddress()
                || jdk.isMulticastAddress()
                || (!address.isV4() && (raw[0] & 0xe0) != 0x20)) {
            assertThat(guard.objection(address)).as("seed %d: %s", seed, address).isPresent();
        }
        assertThat(guard.objection(address))
                .as("seed %d: an address and its mapped form are judged alike", seed)
                .isEqualTo(
                        guard.objection(
                                address.isV4()
                                        ? IpAddress.parse("::ffff:" + address.text())
                                        : address));
    }
}
