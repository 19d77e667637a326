package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

final class DerTest {
    @ParameterizedTest
    @CsvSource({
        "1949-12-31T23:59:59Z, 18, 19491231235959Z",
        "1950-01-01T00:00:00Z, 17, 500101000000Z",
        "2026-11-24T06:07:08.999Z, 17, 261124060708Z",
        "2049-12-31T23:59:59Z, 17, 491231235959Z",
        "2050-01-01T00:00:00Z, 18, 20500101000000Z",
        "9999-12-31T23:59:59Z, 18, 99991231235959Z"
    })
    void timeTakesTheFormThatTheYearAsksFor(Instant instant, String tag, String text)
            throws Exception {
        byte[] der = Der.time(instant);
        assertThat(der[0]).isEqualTo((byte) Integer.parseInt(tag, 16));
        assertThat(new String(der, 2, der.length - 2, StandardCharsets.US_ASCII)).isEqualTo(text);
        assertThat(Time.getInstance(ASN1Primitive.fromByteArray(der)).getDate().toInstant())
                .isEqualTo(Instant.ofEpochSecond(instant.getEpochSecond()));
    }

    @Test
    void timeBeyondFourDigitsIsRefused() {
        assertThatThrownBy(() -> Der.time(Instant.parse("+10000-01-01T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("year 0 to 9999");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535})
    void lengthsAreTheShortestOnes(int length) throws Exception {
        byte[] content = new byte[length];
        assertThat(Der.octets(content)).isEqualTo(new DEROctetString(content).getEncoded());
    }

    @Test
    void tooLongContentIsRefused() {
        assertThatThrownBy(() -> Der.octets(new byte[65536]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
    }

    @Test
    void primitivesAreThoseOfTheOracle() throws Exception {
        for (long value : new long[] {0, 1, 127, 128, 255, 256, Long.MAX_VALUE}) {
            assertThat(Der.integer(BigInteger.valueOf(value)))
                    .isEqualTo(new ASN1Integer(value).getEncoded());
        }
        assertThat(Der.bool(true)).isEqualTo(ASN1Boolean.TRUE.getEncoded());
        assertThat(Der.bool(false)).isEqualTo(ASN1Boolean.FALSE.getEncoded());
        assertThat(Der.oid(1, 2, 840, 10045, 4, 3, 2))
                .isEqualTo(new ASN1ObjectIdentifier("1.2.840.10045.4.3.2").getEncoded());
        assertThat(Der.oid(2, 5, 29, 17))
                .isEqualTo(new ASN1ObjectIdentifier("2.5.29.17").getEncoded());
        assertThat(Der.oid(1, 3, 6, 1, 4, 1, 2097152, 16383))
                .isEqualTo(new ASN1ObjectIdentifier("1.3.6.1.4.1.2097152.16383").getEncoded());
        assertThat(Der.utf8("é")).isEqualTo(new DERUTF8String("é").getEncoded());
        assertThat(Der.bits(7, new byte[] {(byte) 0x80}))
                .isEqualTo(new DERBitString(new byte[] {(byte) 0x80}, 7).getEncoded());
        assertThat(Der.sequence()).isEqualTo(new DERSequence().getEncoded());
    }
}
