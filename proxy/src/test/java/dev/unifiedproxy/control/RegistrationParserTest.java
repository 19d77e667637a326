package dev.unifiedproxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.registry.Registration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

final class RegistrationParserTest {
    private static Registration parse(String body) throws RejectedRequestException {
        return RegistrationParser.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRejected(String body, String error, String message) {
        assertThatThrownBy(() -> parse(body))
                .as(body)
                .isInstanceOfSatisfying(
                        RejectedRequestException.class,
                        rejected -> {
                            assertThat(rejected.response().status()).isEqualTo(400);
                            assertThat(rejected.response().json())
                                    .startsWith("{\"error\":\"" + error + "\",\"message\":\"");
                        })
                .hasMessageContaining(message);
    }

    @Test
    void theDefaults() throws RejectedRequestException {
        assertThat(parse("{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\"}"))
                .isEqualTo(
                        new Registration(
                                "a", IpAddress.parse("10.0.0.1"), Duration.ofHours(24), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "[{}]",
                "1",
                "\"x\"",
                "true",
                "{bad",
                "{",
                "{}x",
                "{} {}",
                "{\"container_id\":\"a\",\"container_id\":\"b\",\"ip_address\":\"10.0.0.1\"}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":1,}",
                "/**/{}"
            })
    void whatIsNotOneJsonObject(String body) {
        assertRejected(body, "Invalid request", "Request body must be valid JSON");
    }

    @Test
    void bytesThatAreNotUtf8AndNestingWithoutEnd() {
        byte[] latin = "{\"container_id\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> RegistrationParser.parse(latin))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessage("Request body must be valid JSON");
        assertRejected("{\"metadata\":" + "[".repeat(100_000), "Invalid request", "valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null,", "\"\",", "0,", "0.0,", "false,", "[],", "{},"})
    void requiredFieldsInOrder(String value) {
        String id = value.isEmpty() ? "" : "\"container_id\":" + value;
        assertRejected(
                "{" + id + "\"ip_address\":5}",
                "Missing required field",
                "container_id is required");
        String address = value.isEmpty() ? "" : "\"ip_address\":" + value;
        assertRejected(
                "{" + address + "\"container_id\":7}",
                "Missing required field",
                "ip_address is required");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "true",
                "[1]",
                "{\"a\":1}",
                "\"a/b\"",
                "\"a b\"",
                "\"a\\n\"",
                "\"\\u0000\"",
                "\"\u00e9\"",
                "\"..%2f\"",
                "\"*\""
            })
    void badIds(String id) {
        assertRejected(
                "{\"container_id\":" + id + ",\"ip_address\":\"bad\"}",
                "Invalid container_id",
                "container_id must");
    }

    @Test
    void theLengthOfIds() throws RejectedRequestException {
        String longest = "aZ09._:-".repeat(16);
        assertThat(parse("{\"container_id\":\"" + longest + "\",\"ip_address\":\"10.0.0.1\"}").id())
                .isEqualTo(longest);
        assertRejected(
                "{\"container_id\":\"" + longest + "x\",\"ip_address\":\"10.0.0.1\"}",
                "Invalid container_id",
                "container_id must be a string of 128 characters or less");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"999.1.1.1\"",
                "\"10.0.0.0/8\"",
                "\"010.0.0.1\"",
                "\"abc\"",
                "5",
                "true",
                "\"fe80::1%eth0\"",
                "\"[::1]\"",
                "\" 10.0.0.1\"",
                "\"10.0.0.1\\n\"",
                "[\"10.0.0.1\"]",
                "\"10.1\"",
                "\"0x0a000001\"",
                "\"::ffff:10.0.0.01\""
            })
    void badAddresses(String address) {
        assertRejected(
                "{\"container_id\":\"a\",\"ip_address\":" + address + ",\"ttl_seconds\":\"x\"}",
                "Invalid ip_address",
                "ip_address must be a valid IPv4 or IPv6 address");
    }

    @ParameterizedTest
    @CsvSource({
        "fd00::1, fd00::1",
        "FD00:0:0::1, fd00::1",
        "::ffff:10.0.0.5, 10.0.0.5",
        "::FFFF:A00:5, 10.0.0.5"
    })
    void addressesAreAddresses(String text, String canonical) throws RejectedRequestException {
        assertThat(parse("{\"container_id\":\"a\",\"ip_address\":\"" + text + "\"}").address())
                .hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "\"60\"",
                "60.0",
                "1e2",
                "-1",
                "-9999999999999999999999",
                "31536001",
                "9223372036854775808",
                "99999999999999999999999999",
                "[]",
                "{}"
            })
    void badTimesToLive(String ttl) {
        assertRejected(
                "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\",\"metadata\":1,\"ttl_seconds\":"
                        + ttl
                        + "}",
                "Invalid ttl_seconds",
                "ttl_seconds must be a positive integer");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 86_400, 31_536_000})
    void goodTimesToLive(long ttl) throws RejectedRequestException {
        String body =
                "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\",\"ttl_seconds\":" + ttl + "}";
        assertThat(parse(body).ttl()).isEqualTo(Duration.ofSeconds(ttl));
    }

    private static String withMetadata(String metadata) {
        return "{\"container_id\":\"a\",\"ip_address\":\"10.0.0.1\",\"metadata\":" + metadata + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"x\"", "1", "true", "[{}]"})
    void metadataIsAnObject(String metadata) {
        assertRejected(
                withMetadata(metadata), "Invalid metadata", "metadata must be a JSON object");
    }

    @Test
    void metadataIsBounded() throws RejectedRequestException {
        String largest = "{\"k\":\"" + "x".repeat(4096 - 8) + "\"}";
        assertThat(parse(withMetadata(largest)).metadata()).hasSize(1);
        assertRejected(
                withMetadata("{\"k\":\"" + "x".repeat(4096 - 7) + "\"}"),
                "Invalid metadata",
                "metadata must be at most 4096 bytes of JSON; it has 4097");
        assertRejected(
                withMetadata("{\"k\":\"" + "\u00e9".repeat(2100) + "\"}"),
                "Invalid metadata",
                "at most 4096 bytes");
        String deep = "{\"a\":".repeat(8) + "1" + "}".repeat(8);
        assertThat(parse(withMetadata(deep)).metadata()).hasSize(1);
        assertRejected(
                withMetadata("{\"a\":" + deep + "}"),
                "Invalid metadata",
                "nested at most 8 levels");
        assertRejected(
                withMetadata("{\"a\":\"\\ud800\"}"),
                "Invalid metadata",
                "metadata must be a JSON object of Unicode text");
    }

    @Test
    void metadataKeepsItsValues() throws RejectedRequestException {
        assertThat(parse(withMetadata("null")).metadata()).isEmpty();
        assertThat(parse(withMetadata("{}")).metadata()).isEmpty();
        assertThat(
                        parse(
                                        withMetadata(
                                                "{\"repo\":\"o/r\",\"f\":1.50,\"n\":3,\"z\":null,"
                                                        + "\"l\":[1,\"x\"]}"))
                                .metadata())
                .hasToString("{repo=o/r, f=1.50, n=3, z=null, l=[1, x]}");
    }
}
