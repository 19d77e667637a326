package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Random;

/** What stands in an authority is a name or the address that some resolver would take it for. */
final class HostTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "octalLoopback,0177.0.0.1,127.0.0.1",
        "hexadecimalShortLoopback,0x7f.1,127.0.0.1",
        "hexadecimalWhole,0x7f000001,127.0.0.1",
        "hexadecimalUpperCase,0X7F.0X0.0X0.0X1,127.0.0.1",
        "mixedRadixLeadingZeros,0x7f.0.0.01,127.0.0.1",
        "decimalWhole,2130706433,127.0.0.1",
        "octalWhole,017700000001,127.0.0.1",
        "twoParts,127.1,127.0.0.1",
        "threeParts,127.0.1,127.0.0.1",
        "threePartsWideTail,10.1.65535,10.1.255.255",
        "twoPartsWideTail,10.16777215,10.255.255.255",
        "manyLeadingZeros,000000000000000000000000177.0.0.1,127.0.0.1",
        "zero,0,0.0.0.0",
        "emptyHexadecimal,0x,0.0.0.0",
        "emptyHexadecimalTail,127.0x,127.0.0.0",
        "allOnes,4294967295,255.255.255.255",
        "metadataDecimal,2852039166,169.254.169.254",
        "metadataHexadecimal,0xa9fea9fe,169.254.169.254",
        "metadataOctal,0251.0376.0251.0376,169.254.169.254",
        "dottedTrailingDot,127.0.0.1.,127.0.0.1",
        "shortTrailingDot,127.1.,127.0.0.1",
        "hexadecimalTrailingDot,0x7f000001.,127.0.0.1",
        "bracketedLoopback,[::1],::1",
        "bracketedMapped,[::ffff:127.0.0.1],127.0.0.1",
        "bracketedMappedHex,[::ffff:a9fe:a9fe],169.254.169.254",
        "bracketedCompatible,[::127.0.0.1],::7f00:1",
        "bracketedUnspecified,[::],::",
        "bracketedNat64,[64:ff9b::a9fe:a9fe],64:ff9b::a9fe:a9fe",
    })
    void addressSpelling(String attack, String text, String address) {
        assertThat(Host.parse(text)).as(attack).isEqualTo(IpAddress.parse(address));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "digitsThenLetters,127.0.0.1.nip.io",
        "dashesInsteadOfDots,169-254-169-254.nip.io",
        "metadataName,metadata.google.internal",
        "exponent,1e3",
        "hexadecimalPrefixOnly,0xg",
        "leadingDigit,1password.com",
        "digitLabels,0.0.0.0.com",
        "localhostSubdomain,foo.localhost",
    })
    void nameThatIsNoAddress(String nearMiss, String text) {
        assertThat(Host.parse(text)).as(nearMiss).isInstanceOf(Hostname.class);
        assertThat(Host.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "[",
                "]",
                "[]",
                "[::1",
                "::1",
                "::1]",
                "[::1]]",
                "[[::1]]",
                "[::1].",
                "[::1]x",
                "[127.0.0.1]",
                "[example.com]",
                "[0x7f000001]",
                "[::1%eth0]",
                "[::1%25eth0]",
                "[fe80::1%1]",
                "[::ffff:0177.0.0.1]",
                "[v1.a]",
                "127.0.0.1..",
                "127..1",
                ".127.1",
                "256.256.256.256",
                "1.2.3.4.5",
                "0x100000000",
                "4294967296",
                "0400.0.0.1",
                "1.256.1",
                "1.2.65536",
                "1.16777216",
                "08.1",
                "0x7g.1",
                "a.0x7f",
                "a.1",
                "example.123",
                "example.0x",
                "-1",
                "127.0.0.-1",
                "+127.1",
                "127.0.0.1 ",
                "\uff11\uff12\uff17.1",
                "127\u30020.0.1",
                "127.0.0.\u0661",
                "0000000000000000000000000000000000000000000000000000000000127.1",
            })
    void neitherNameNorAddress(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> Host.parse(text))
                .withMessageContaining("expected");
    }

    @RepeatedTest(400)
    void looseAddressAgreesWithANaiveInetAton(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        int parts = 1 + random.nextInt(5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            long value = random.nextLong(1L << random.nextInt(1, 34));
            text.append(i == 0 ? "" : ".")
                    .append(
                            switch (random.nextInt(5)) {
                                case 0 -> "0x" + Long.toHexString(value);
                                case 1 ->
                                        "0X0"
                                                + Long.toHexString(value)
                                                        .toUpperCase(java.util.Locale.ROOT);
                                case 2 -> "0" + Long.toOctalString(value);
                                default -> Long.toString(value);
                            });
        }
        Optional<String> expected = naiveInetAton(text.toString());
        Optional<String> actual = IpAddress.parseLooseV4(text.toString()).map(IpAddress::text);

        assertThat(actual).as("seed %d: %s", seed, text).isEqualTo(expected);
        if (expected.isEmpty()) {
            assertThatExceptionOfType(HostSyntaxException.class)
                    .as("seed %d: %s", seed, text)
                    .isThrownBy(() -> Host.parse(text.toString()));
        }
    }

    private static Optional<String> naiveInetAton(String text) {
        String[] parts = text.split("\\.", -1);
        BigInteger address = BigInteger.ZERO;
        if (parts.length > 4) {
            return Optional.empty();
        }
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].toLowerCase(java.util.Locale.ROOT);
            BigInteger value =
                    part.startsWith("0x")
                            ? new BigInteger(part.substring(2), 16)
                            : new BigInteger(part, part.startsWith("0") ? 8 : 10);
            boolean last = i == parts.length - 1;
            if (value.bitLength() > (last ? 8 * (5 - parts.length) : 8)) {
                return Optional.empty();
            }
            address = address.add(last ? value : value.shiftLeft(24 - 8 * i));
        }
        long whole = address.longValueExact();
        return Optional.of(
                (whole >> 24)
                        + "."
                        + (whole >> 16 & 255)
                        + "."
                        + (whole >> 8 & 255)
                        + "."
                        + (whole & 255));
    }
}
