package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.WholeBody;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

final class BodyEncodingTest {
    private static final String TEXT = "{\"model\": \"small\"}";

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static byte[] deflate(String text, boolean raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new DeflaterOutputStream(out, new Deflater(9, raw))) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static Optional<String> decode(BodyEncoding encoding, byte[] bytes, int maxBytes) {
        return encoding.decode(WholeBody.of(ByteBuffer.wrap(bytes)), maxBytes)
                .flatMap(WholeBody::utf8);
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, GZIP",
        "x-gzip, GZIP",
        "GZip, GZIP",
        "deflate, DEFLATE",
        "identity, IDENTITY"
    })
    void theFieldSaysWhich(String value, BodyEncoding expected) {
        assertThat(BodyEncoding.of(Headers.of("Content-Encoding", value))).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "gzip, gzip", "gzip,", "", "compress"})
    void whatIsNotKnownIsNotRead(String value) {
        assertThat(BodyEncoding.of(Headers.of("Content-Encoding", value))).isEmpty();
    }

    @Test
    void noFieldIsNoEncodingAndTwoFieldsAreTooMany() {
        assertThat(BodyEncoding.of(Headers.empty())).contains(BodyEncoding.IDENTITY);
        Headers twice =
                new Headers.Builder(2)
                        .add("content-encoding", "gzip")
                        .add("content-encoding", "gzip")
                        .build();
        assertThat(BodyEncoding.of(twice)).isEmpty();
    }

    @Test
    void whatWasEncodedIsRead() throws IOException {
        assertThat(decode(BodyEncoding.GZIP, gzip(TEXT), 100)).contains(TEXT);
        assertThat(decode(BodyEncoding.DEFLATE, deflate(TEXT, false), 100)).contains(TEXT);
        assertThat(decode(BodyEncoding.IDENTITY, TEXT.getBytes(StandardCharsets.UTF_8), 100))
                .contains(TEXT);
        assertThat(decode(BodyEncoding.GZIP, gzip(""), 100)).contains("");
    }

    @Test
    void theBoundIsThatOfWhatComesOut() throws IOException {
        String long64k = "x".repeat(200_000);
        assertThat(decode(BodyEncoding.GZIP, gzip(long64k), 200_000)).contains(long64k);
        assertThat(decode(BodyEncoding.GZIP, gzip(long64k), 199_999)).isEmpty();
        assertThat(decode(BodyEncoding.DEFLATE, deflate(long64k, false), 199_999)).isEmpty();
        assertThat(decode(BodyEncoding.IDENTITY, new byte[3], 2)).isEmpty();
    }

    @Test
    void aCutOneIsNone() throws IOException {
        for (byte[] whole : new byte[][] {gzip(TEXT)}) {
            for (int cut = 0; cut < whole.length; cut++) {
                assertThat(decode(BodyEncoding.GZIP, Arrays.copyOf(whole, cut), 100))
                        .as("%d bytes", cut)
                        .isEmpty();
            }
        }
        byte[] deflated = deflate(TEXT, false);
        for (int cut = 0; cut < deflated.length; cut++) {
            assertThat(decode(BodyEncoding.DEFLATE, Arrays.copyOf(deflated, cut), 100)).isEmpty();
        }
    }

    @Test
    void whatStandsBehindTheEndIsReadByNobody() throws IOException {
        byte[] two = concat(gzip(TEXT), gzip("{\"model\": \"large\"}"));
        assertThat(decode(BodyEncoding.GZIP, two, 100)).isEmpty();
        assertThat(decode(BodyEncoding.GZIP, concat(gzip(TEXT), new byte[] {0}), 100)).isEmpty();
        assertThat(decode(BodyEncoding.DEFLATE, concat(deflate(TEXT, false), new byte[1]), 100))
                .isEmpty();
    }

    @Test
    void whatIsSomethingElseIsNotRead() throws IOException {
        byte[] wrongSum = gzip(TEXT);
        wrongSum[wrongSum.length - 8] ^= 1;
        byte[] wrongSize = gzip(TEXT);
        wrongSize[wrongSize.length - 4] ^= 1;
        byte[] named = gzip(TEXT);
        named[3] = 8;
        assertThat(decode(BodyEncoding.GZIP, wrongSum, 100)).isEmpty();
        assertThat(decode(BodyEncoding.GZIP, wrongSize, 100)).isEmpty();
        assertThat(decode(BodyEncoding.GZIP, named, 100)).isEmpty();
        assertThat(decode(BodyEncoding.DEFLATE, deflate(TEXT, true), 100)).isEmpty();
        assertThat(decode(BodyEncoding.GZIP, TEXT.getBytes(StandardCharsets.UTF_8), 100)).isEmpty();
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
