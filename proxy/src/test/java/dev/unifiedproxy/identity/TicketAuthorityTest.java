package dev.unifiedproxy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Random;

final class TicketAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123Z");

    @TempDir private Path directory;
    private TicketAuthority authority;

    @BeforeEach
    void open() throws IOException {
        authority = TicketAuthority.open(directory.resolve("state/ticket.key"));
    }

    private static Container container(Map<String, Object> metadata) {
        return new Container(
                "sandbox-123",
                IpAddress.parse("10.0.0.5"),
                NOW.minusSeconds(60),
                NOW.minusSeconds(5),
                Duration.ofHours(24),
                metadata);
    }

    @Test
    void whatIsIssuedVerifies() {
        Map<String, Object> metadata = MetadataJson.read("{\"repo\":\"o/r\",\"n\":1.50}");
        Ticket ticket = authority.verify(authority.issue(container(metadata), NOW)).orElseThrow();
        assertThat(ticket.issuedAt()).isEqualTo(NOW);
        assertThat(ticket.claimed())
                .isEqualTo(
                        new Container(
                                "sandbox-123",
                                IpAddress.parse("10.0.0.5"),
                                NOW,
                                NOW,
                                Duration.ofHours(24),
                                metadata));
    }

    @Test
    void aTicketIsNeverOlderThanItsRegistration() {
        String ticket = authority.issue(container(Map.of()), NOW.minusSeconds(3600));
        assertThat(authority.verify(ticket).orElseThrow().issuedAt())
                .isEqualTo(NOW.minusSeconds(5));
    }

    @Test
    void noPrefixVerifies() {
        String ticket = authority.issue(container(Map.of("repo", "o/r")), NOW);
        for (int length = 0; length < ticket.length(); length++) {
            assertThat(authority.verify(ticket.substring(0, length)))
                    .as("cut to %s", length)
                    .isEmpty();
        }
    }

    @Test
    void noChangedCharacterVerifies() {
        String ticket = authority.issue(container(Map.of("repo", "o/r")), NOW);
        for (int at = 0; at < ticket.length(); at++) {
            for (char c : "AQgw-_.=\u0100".toCharArray()) {
                if (ticket.charAt(at) != c) {
                    String forged = ticket.substring(0, at) + c + ticket.substring(at + 1);
                    assertThat(authority.verify(forged)).as(forged).isEmpty();
                }
            }
        }
    }

    @RepeatedTest(50)
    void noRandomTextVerifies(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        byte[] bytes = new byte[new Random(seed).nextInt(400)];
        new Random(seed + 1).nextBytes(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(authority.verify(text)).as("seed %s", seed).isEmpty();
        assertThat(authority.verify(text + "." + text)).as("seed %s", seed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=", "==", "\n", " ", ".x", "."})
    void nothingMayStandBehindIt(String suffix) {
        String ticket = authority.issue(container(Map.of()), NOW);
        assertThat(authority.verify(ticket + suffix).isPresent()).isEqualTo(suffix.isEmpty());
    }

    @Test
    void anotherKeysTicketIsForged() {
        TicketAuthority other = new TicketAuthority(new byte[32]);
        String ticket = other.issue(container(Map.of()), NOW);
        assertThat(other.verify(ticket)).isPresent();
        assertThat(authority.verify(ticket)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"id\":1,\"ip\":\"10.0.0.1\",\"ttl\":1,\"metadata\":{},\"iat\":1}",
                "{\"id\":\"a\",\"ip\":\"x\",\"ttl\":1,\"metadata\":{},\"iat\":1}",
                "{\"id\":\"a\",\"ip\":\"10.0.0.1\",\"ttl\":1,\"metadata\":[],\"iat\":1}",
                "{\"id\":\"a\",\"ip\":\"10.0.0.1\",\"ttl\":1,\"metadata\":{},\"iat\":\"x\"}"
            })
    void ourCodeOnAnotherShapeIsNoTicket(String json) throws Exception {
        TicketAuthority zero = new TicketAuthority(new byte[32]);
        String payload =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new javax.crypto.spec.SecretKeySpec(new byte[32], "HmacSHA256"));
        mac.update("unified-proxy ticket 1\n".getBytes(StandardCharsets.US_ASCII));
        String code =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(mac.doFinal(payload.getBytes(StandardCharsets.US_ASCII)));
        assertThat(zero.verify(payload + "." + code)).isEmpty();
    }

    @Test
    void theLargestMetadataFitsAndMoreIsRefused() {
        Map<String, Object> largest = Map.of("k", "x".repeat(MetadataJson.MAX_BYTES - 8));
        assertThat(MetadataJson.write(largest)).hasSize(MetadataJson.MAX_BYTES);
        String ticket = authority.issue(container(largest), NOW);
        assertThat(ticket.length()).isLessThanOrEqualTo(TicketAuthority.MAX_LENGTH);
        assertThat(authority.verify(ticket)).isPresent();
        assertThatThrownBy(() -> authority.issue(container(Map.of("k", "x".repeat(7000))), NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: at most 8192)");
        assertThat(authority.verify("x".repeat(100_000) + ".y")).isEmpty();
    }

    @Test
    void theKeyIsTheOwnersOnlyAndStays() throws IOException {
        Path key = directory.resolve("state/ticket.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Files.size(key)).isEqualTo(32);
        String ticket = authority.issue(container(Map.of()), NOW);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(TicketAuthority.open(key).verify(ticket)).isPresent();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        try (var files = Files.list(key.getParent())) {
            assertThat(files).containsExactly(key);
        }
    }

    @Test
    void aKeyOfAnotherSizeIsRefused() throws IOException {
        Path key = directory.resolve("short.key");
        Files.write(key, new byte[31]);
        assertThatThrownBy(() -> TicketAuthority.open(key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("31 bytes (expected: 32");
    }
}
