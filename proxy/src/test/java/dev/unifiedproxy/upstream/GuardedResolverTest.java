package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Hostname;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.host.PinnedAddress;
import dev.unifiedproxy.transport.Transport;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Against a name server that says what an attacker's would say. */
final class GuardedResolverTest {
    private static final String PUBLIC = "93.184.216.34";
    private static final String PUBLIC_6 = "2606:2800:220:1:248:1893:25c8:1946";
    private static final IpAddress OWN = IpAddress.parse("198.41.0.4");

    private final EventLoopGroup loops = Transport.NIO.newGroup(1);
    private final DnsStub dns = new DnsStub(loops);
    private final GuardedResolver resolver =
            new GuardedResolver(
                    Map.of(Hostname.parse("lan.example"), List.of(PinnedAddress.parse("10.0.0.9"))),
                    List.of(dns.address()),
                    List.of(OWN),
                    Transport.NIO);

    @AfterEach
    void close() {
        dns.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Future<List<InetSocketAddress>> resolve(String authority, boolean addressNamed) {
        return resolver.resolve(Authority.parse(authority, 443), addressNamed, loops.next())
                .awaitUninterruptibly();
    }

    private List<String> addresses(String authority) {
        Future<List<InetSocketAddress>> resolved = resolve(authority, false);
        assertThat(resolved.cause()).isNull();
        return resolved.getNow().stream()
                .map(each -> IpAddress.of(each.getAddress()).text())
                .toList();
    }

    private ErrorCode refusal(String authority, boolean addressNamed) {
        Throwable cause = resolve(authority, addressNamed).cause();
        assertThat(cause).as(authority).isInstanceOf(RefusedException.class);
        return ((RefusedException) cause).refusal().code();
    }

    private Future<Authority> judged(String authority) {
        return resolver.judge(Authority.parse(authority, 443), false, loops.next())
                .awaitUninterruptibly();
    }

    @Test
    void judgesWhatAnotherProxyIsAskedFor() {
        dns.set("a.example", PUBLIC);
        dns.set("private.example", PUBLIC, "10.0.0.1");
        assertThat(judged("a.example").getNow()).hasToString("a.example:443");
        assertThat(judged("unknown.example").getNow()).hasToString("unknown.example:443");
        assertThat(judged("lan.example").getNow()).hasToString("10.0.0.9:443");
        assertThat(judged("1.1.1.1").getNow()).hasToString("1.1.1.1:443");
        assertThat(judged("private.example").cause()).hasMessageContaining("10.0.0.1");
        assertThat(judged("10.0.0.1").isSuccess()).isFalse();
    }

    @Test
    void theOperatorsOwnProxyMayBePrivateButNotThisOne() {
        dns.set("proxy.example", "10.0.0.7");
        resolver.addOwnPort(8080);
        for (String proxy : List.of("proxy.example", "lan.example", "10.0.0.8", "127.0.0.1")) {
            assertThat(operators(proxy + ":3128").isSuccess()).as(proxy).isTrue();
        }
        assertThat(operators("127.0.0.1:8080").cause()).hasMessageContaining("this proxy");
        assertThat(operators("unknown.example:3128").isSuccess()).isFalse();
    }

    private Future<List<InetSocketAddress>> operators(String authority) {
        return resolver.resolveOperators(Authority.parse(authority, 80), loops.next())
                .awaitUninterruptibly();
    }

    @Test
    void givesAllPublicAnswers() {
        dns.set("a.example", PUBLIC, PUBLIC_6);
        assertThat(addresses("a.example")).containsExactly(PUBLIC, PUBLIC_6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "255.255.255.255",
                "198.41.0.4",
                "::1",
                "::",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "fd00::1",
                "fe80::1",
                "ff02::1",
                "2002:a00:1::"
            })
    void refusesANameWithAnyAnswerThatMayNotBeDialled(String address) {
        dns.set("alone.example", address);
        assertThat(refusal("alone.example", false)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
        dns.set("mixed.example", PUBLIC, PUBLIC_6, address);
        assertThat(refusal("mixed.example", false)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
    }

    @Test
    void dnsRebindingChangesNothingThatWasChecked() {
        dns.set("rebind.example", PUBLIC);
        List<String> checked = addresses("rebind.example");
        dns.set("rebind.example", "127.0.0.1");
        assertThat(checked).containsExactly(PUBLIC);
        assertThat(refusal("rebind.example", false)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
    }

    @Test
    void theOperatorsHostsFileMayNamePrivateAddresses() {
        assertThat(addresses("lan.example")).containsExactly("10.0.0.9");
    }

    @Test
    void localhostIsNoDestination() {
        assertThat(refusal("localhost", false)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
        assertThat(refusal("localhost", true)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
    }

    @Test
    void aPortOfTheHostsFileIsTheOneThatIsDialled() {
        GuardedResolver pinned =
                new GuardedResolver(
                        Map.of(
                                Hostname.parse("lan.example"),
                                List.of(PinnedAddress.parse("127.0.0.1:8443"))),
                        List.of(dns.address()),
                        List.of(OWN),
                        Transport.NIO);
        Authority authority = Authority.parse("lan.example", 443);

        assertThat(pinned.resolve(authority, false, loops.next()).awaitUninterruptibly().getNow())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8443));
        pinned.addOwnPort(8443);
        assertThat(pinned.resolve(authority, false, loops.next()).awaitUninterruptibly().cause())
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void ourOwnPortsAreNoDestinationByAnyWay() {
        GuardedResolver ours =
                new GuardedResolver(
                        Map.of(
                                Hostname.parse("me.example"),
                                List.of(PinnedAddress.parse("127.0.0.1")),
                                Hostname.parse("host.example"),
                                List.of(new PinnedAddress(OWN, 0)),
                                Hostname.parse("pinned.example"),
                                List.of(PinnedAddress.parse("127.0.0.1:8080"))),
                        List.of(dns.address()),
                        List.of(OWN),
                        Transport.NIO);
        ours.addOwnPort(8080);
        assertThat(
                        ours.resolve(Authority.parse("pinned.example", 443), false, loops.next())
                                .awaitUninterruptibly()
                                .cause())
                .as("another port that leads to ours")
                .isInstanceOf(RefusedException.class);
        for (String host :
                List.of("me.example", "host.example", "127.0.0.1", "198.41.0.4", "[::1]")) {
            Throwable cause =
                    ours.resolve(Authority.parse(host + ":8080", 80), true, loops.next())
                            .awaitUninterruptibly()
                            .cause();
            assertThat(cause).as(host).isInstanceOf(RefusedException.class);
            assertThat(((RefusedException) cause).refusal().code())
                    .isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
            assertThat(
                            ours.resolve(Authority.parse(host + ":8081", 80), true, loops.next())
                                    .awaitUninterruptibly()
                                    .isSuccess())
                    .as("near miss: %s on another port", host)
                    .isTrue();
        }
    }

    @Test
    void anAddressMayBeDialledWhereARuleNamesIt() {
        assertThat(resolve("10.0.0.1", true).getNow())
                .containsExactly(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 443));
        assertThat(refusal("10.0.0.1", false)).isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
        assertThat(addresses(PUBLIC)).containsExactly(PUBLIC);
    }

    @Test
    void aNameThatIsNotThereDoesNotResolve() {
        assertThat(refusal("nowhere.example", false)).isEqualTo(ErrorCode.DNS_FAILED);
        dns.set("empty.example");
        assertThat(refusal("empty.example", false)).isEqualTo(ErrorCode.DNS_FAILED);
    }

    @Test
    void aNameServerThatIsSilentEndsInARefusal() {
        dns.silence("silent.example");
        assertThat(refusal("silent.example", false)).isEqualTo(ErrorCode.DNS_FAILED);
    }
}
