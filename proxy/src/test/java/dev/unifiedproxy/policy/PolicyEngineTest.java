package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.Host;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.atomic.AtomicReference;

class PolicyEngineTest {
    private static final Allowlist HOSTS =
            Rules.hosts(
                    "github.com",
                    "*.github.com",
                    "*.dns.example",
                    "!doh.dns.example",
                    "api.example@8443",
                    "127.0.0.1@9000",
                    "::1",
                    "*.multi.example@9000",
                    "a.multi.example");

    private static PolicyEngine engine(Allowlist allowlist) {
        PolicySnapshot snapshot = PolicySnapshot.of(allowlist, "allowlist.conf");
        return new PolicyEngine(() -> snapshot);
    }

    private static Decision decide(String authority) {
        return engine(HOSTS).decide(Authority.parse(authority, 443), Sandboxes.PLAIN);
    }

    private static Decision.Deny denied(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        return (Decision.Deny) decision;
    }

    @ParameterizedTest
    @CsvSource({
        "github.com, allowlist.conf:1 github.com, github.com, false",
        "github.com:80, allowlist.conf:1 github.com, github.com, false",
        "GITHUB.COM., allowlist.conf:1 github.com, github.com, false",
        "a.b.github.com, allowlist.conf:2 *.github.com, *.github.com, false",
        "dns.example, allowlist.conf:3 *.dns.example, *.dns.example, false",
        "api.example:8443, allowlist.conf:5 api.example:8443, api.example, false",
        "127.0.0.1:9000, allowlist.conf:6 127.0.0.1:9000, 127.0.0.1, true",
        "0x7f.1:9000, allowlist.conf:6 127.0.0.1:9000, 127.0.0.1, true",
        "[::1]:443, allowlist.conf:7 ::1, ::1, true",
        "a.multi.example:443, allowlist.conf:9 a.multi.example, a.multi.example, false",
        "a.multi.example:9000, allowlist.conf:8 *.multi.example:9000, a.multi.example, false",
        "b.multi.example:9000, allowlist.conf:8 *.multi.example:9000, *.multi.example, false",
    })
    void allows(String authority, String rule, String label, boolean addressNamed) {
        assertThat(decide(authority)).isEqualTo(new Decision.Allow(rule, label, addressNamed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "notgithub.com",
                "github.com.evil.example",
                "evil-github.com",
                "com",
                "169-254-169-254.nip.io",
                "multi.example.evil"
            })
    void refusesHostThatNoRuleNames(String host) {
        assertThat(decide(host))
                .isEqualTo(
                        new Decision.Deny(
                                "allowlist",
                                new Refusal(
                                        ErrorCode.HOST_NOT_ALLOWED,
                                        "Domain '" + host + "' not in allowlist",
                                        "default deny",
                                        "add the line \"" + host + "\" to allowlist.conf")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3.4",
                "0177.0.0.2",
                "0x7f000002",
                "2130706434",
                "0x7f.0.0.02",
                "127.2",
                "0",
                "[::2]",
                "[::ffff:127.0.0.2]",
                "169.254.169.254",
                "[fd00::1]"
            })
    void refusesAddressInAnySpelling(String host) {
        Decision.Deny denial = denied(decide(host));

        assertThat(denial.type()).isEqualTo("ip_literal");
        assertThat(denial.refusal().code()).isEqualTo(ErrorCode.IP_LITERAL);
        assertThat(denial.refusal().detail()).isEqualTo("Direct IP access is not permitted");
        assertThat(denial.refusal().remedy()).startsWith("use the host's name, or add the line \"");
    }

    @Test
    void remedyForAnAddressIsTheLineThatWouldAllowIt() {
        assertThat(denied(decide("[fd00:0::1]")).refusal().remedy())
                .endsWith("add the line \"[fd00::1]\" to allowlist.conf");
    }

    @Test
    void namedAddressOnAnotherPortIsRefused() {
        assertThat(denied(decide("127.0.0.1:22")).refusal())
                .isEqualTo(
                        new Refusal(
                                ErrorCode.PORT_NOT_ALLOWED,
                                "Port 22 not allowed for 127.0.0.1 (expected: 9000)",
                                "allowlist.conf:6 127.0.0.1:9000",
                                "add the line \"127.0.0.1:22\" to allowlist.conf"));
    }

    @Test
    void portOfSshIsRefusedOnAllowedHost() {
        Decision.Deny denial = denied(decide("github.com:22"));

        assertThat(denial.type()).isEqualTo("allowlist");
        assertThat(denial.refusal())
                .isEqualTo(
                        new Refusal(
                                ErrorCode.PORT_NOT_ALLOWED,
                                "Port 22 not allowed for github.com (expected: 80, 443)",
                                "allowlist.conf:1 github.com",
                                "add the line \"github.com:22\" to allowlist.conf"));
    }

    @Test
    void denialWinsOverWhateverAllows() {
        assertThat(decide("doh.dns.example"))
                .isEqualTo(
                        new Decision.Deny(
                                "blocklist",
                                new Refusal(
                                        ErrorCode.HOST_BLOCKED,
                                        "Domain 'doh.dns.example' is blocked by policy",
                                        "allowlist.conf:4 !doh.dns.example",
                                        "remove the line \"!doh.dns.example\""
                                                + " (allowlist.conf:4)")));
        assertThat(decide("other.dns.example")).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void denialOfSubtreeWinsOverExactName() {
        PolicyEngine engine = engine(Rules.hosts("a.example.org", "!*.example.org"));

        assertThat(
                        denied(
                                        engine.decide(
                                                Authority.parse("a.example.org", 443),
                                                Sandboxes.PLAIN))
                                .type())
                .isEqualTo("blocklist");
    }

    @Test
    void nameAloneIsDecidedWithoutPort() {
        PolicyEngine engine = engine(HOSTS);

        assertThat(engine.decide(Host.parse("api.example"), Sandboxes.PLAIN))
                .isEqualTo(
                        new Decision.Allow(
                                "allowlist.conf:5 api.example:8443", "api.example", false));
        assertThat(denied(engine.decide(Host.parse("doh.dns.example"), Sandboxes.PLAIN)).type())
                .isEqualTo("blocklist");
        assertThat(denied(engine.decide(Host.parse("evil.example"), Sandboxes.PLAIN)).type())
                .isEqualTo("allowlist");
    }

    @Test
    void yamlRemedyNamesTheList() {
        PolicySnapshot snapshot = PolicySnapshot.of(Allowlist.EMPTY, "allowlist.yaml");
        PolicyEngine engine = new PolicyEngine(() -> snapshot);

        assertThat(
                        denied(engine.decide(Authority.parse("a.example", 443), Sandboxes.PLAIN))
                                .refusal()
                                .remedy())
                .isEqualTo("add \"a.example\" to the domains of allowlist.yaml");
    }

    @Test
    void emptyAllowlistAndDenyAllAllowNothing() {
        assertThat(
                        engine(Allowlist.EMPTY)
                                .decide(Authority.parse("github.com", 443), Sandboxes.PLAIN))
                .isInstanceOf(Decision.Deny.class);
        PolicySnapshot none = PolicySnapshot.denyAll("there is no allowlist file");
        PolicyEngine engine = new PolicyEngine(() -> none);

        assertThat(
                        denied(engine.decide(Authority.parse("github.com", 443), Sandboxes.PLAIN))
                                .refusal())
                .isEqualTo(
                        new Refusal(
                                ErrorCode.HOST_NOT_ALLOWED,
                                "Domain 'github.com' not in allowlist",
                                "default deny: there is no allowlist file",
                                "add the line \"github.com\" to allowlist.conf"));
    }

    @Test
    void changedSnapshotDecidesTheNextRequest() {
        AtomicReference<PolicySnapshot> current =
                new AtomicReference<>(PolicySnapshot.denyAll("starting"));
        PolicyEngine engine = new PolicyEngine(current::get);
        Authority github = Authority.parse("github.com", 443);
        String before = engine.version();

        assertThat(engine.decide(github, Sandboxes.PLAIN)).isInstanceOf(Decision.Deny.class);
        current.set(PolicySnapshot.of(HOSTS, "allowlist.conf"));
        assertThat(engine.decide(github, Sandboxes.PLAIN)).isInstanceOf(Decision.Allow.class);
        assertThat(engine.version()).isNotEqualTo(before);
    }

    @Test
    void decisionsKnowTypeAndReasonOfTheLogLine() {
        Host host = Host.parse("github.com");

        assertThat(decide("github.com").type()).isEqualTo("allowlist");
        assertThat(decide("github.com").reason(host))
                .isEqualTo("Domain 'github.com' in allowlist, no blocking policies matched");
        assertThat(decide("evil.example").reason(Host.parse("evil.example")))
                .isEqualTo("Domain 'evil.example' not in allowlist");
    }
}
