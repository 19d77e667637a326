package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HopByHopTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "keep-alive",
                "Proxy-Connection",
                "proxy-authenticate",
                "PROXY-AUTHORIZATION",
                "TE",
                "Trailer",
                "transfer-encoding",
                "Upgrade",
                "Content-Length"
            })
    void fixedSetEndsHere(String name) {
        Headers headers = Headers.of("Accept", "*/*", name, "x", "Cookie", "a=b");

        assertThat(HopByHop.strip(headers)).isEqualTo(Headers.of("Accept", "*/*", "Cookie", "a=b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Tee",
                "Trailers",
                "Upgrade2",
                "Content-Type",
                "Content-Lengths",
                "Set-Cookie",
                "Proxy-Status",
                "Expect",
                "Host",
                "X-Connection",
                "Authorization"
            })
    void otherFieldsPass(String name) {
        Headers headers = Headers.of(name, "x");

        assertThat(HopByHop.strip(headers)).isSameAs(headers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-secret|X-Secret",
                "X-SECRET|x-secret",
                "close, authorization|Authorization",
                "authorization|authorization",
                "host|Host",
                "cookie|Cookie",
                ",, ,x-api-key,|X-Api-Key",
                "keep-alive,\tset-cookie|Set-Cookie",
            })
    void nominatedFieldsEndHere(String connection, String field) {
        Headers headers = Headers.of("Connection", connection, field, "v", "Accept", "*/*");

        assertThat(HopByHop.strip(headers)).isEqualTo(Headers.of("Accept", "*/*"));
    }

    @Test
    void everyConnectionLineCountsAndEveryLineOfANominatedField() {
        Headers headers =
                Headers.of(
                        "x-a",
                        "1",
                        "connection",
                        "x-a",
                        "X-A",
                        "2",
                        "Connection",
                        "x-b",
                        "x-b",
                        "3",
                        "x-c",
                        "4");

        assertThat(HopByHop.strip(headers)).isEqualTo(Headers.of("x-c", "4"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"close|Close", "keep-alive|Keep-Alives", "upgrade|Upgrade-Insecure-Requests"})
    void ordinaryConnectionTakesNothingElseAway(String connection, String field) {
        Headers headers = Headers.of("Connection", connection, field, "1");

        assertThat(HopByHop.strip(headers)).isEqualTo(Headers.of(field, "1"));
    }
}
