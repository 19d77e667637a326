package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

final class PemTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 47, 48, 49, 1000})
    void whatIsEncodedIsDecoded(int length) {
        byte[] der = new byte[length];
        new Random(length).nextBytes(der);
        String text = Pem.encode("CERTIFICATE", der);
        assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(65));
        assertThat(Pem.decode("CERTIFICATE", text)).containsExactly(der);
        assertThat(Pem.decode("CERTIFICATE", text.replace("\n", "\r\n"))).containsExactly(der);
    }

    @Test
    void otherLabelsAndTextAreSkipped() {
        byte[] one = {1};
        byte[] two = {2};
        String text =
                "Name\n====\n"
                        + Pem.encode("CERTIFICATE", one)
                        + Pem.encode("TRUSTED CERTIFICATE", new byte[] {3})
                        + "# between\n"
                        + Pem.encode("CERTIFICATE", two);
        assertThat(Pem.decode("CERTIFICATE", text)).containsExactly(one, two);
        assertThat(Pem.decode("PRIVATE KEY", text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN KEY-----\nSECRET",
                "-----BEGIN KEY-----\nSEC RET!\n-----END KEY-----"
            })
    void brokenBlockIsRefusedWithoutBeingQuoted(String text) {
        assertThatThrownBy(() -> Pem.decode("KEY", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a KEY block is not")
                .hasNoCause();
    }
}
