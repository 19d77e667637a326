package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.util.Random;

/** Blocks of addresses. */
final class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.255.255.255,true",
        "10.0.0.0/8,11.0.0.0,false",
        "172.16.0.0/12,172.31.255.255,true",
        "172.16.0.0/12,172.32.0.0,false",
        "0.0.0.0/0,255.255.255.255,true",
        "0.0.0.0/0,::1,false",
        "::/0,2001:db8::1,true",
        "::/0,1.2.3.4,false",
        "fc00::/7,fdff::1,true",
        "fc00::/7,fe00::,false",
        "1.2.3.4,1.2.3.4,true",
        "1.2.3.4/32,1.2.3.5,false",
        "::1,::1,true",
        "10.0.0.0/8,::ffff:10.1.1.1,true",
        "::ffff:10.0.0.1,10.0.0.1,true",
    })
    void containsWhatItShould(String block, String address, boolean expected) {
        assertThat(Cidr.parse(block).contains(IpAddress.parse(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0.0/\u0668",
                "10.0.0.1/8",
                "10.0.0.0/999",
                "10.0.0.0/99999999999",
                "10/8",
                "10.0.0.0/255.0.0.0",
                "::/129",
                "::1/127",
                "fe80::%1/64",
                "::ffff:10.0.0.0/8",
                "::ffff:10.0.0.0/104",
                "example/8",
            })
    void isRefused(String text) {
        assertThatExceptionOfType(HostSyntaxException.class).isThrownBy(() -> Cidr.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.0.0.0/8", "1.2.3.4,1.2.3.4/32", "2001:DB8::/32,2001:db8::/32"})
    void printsCanonically(String text, String canonical) {
        assertThat(Cidr.parse(text)).hasToString(canonical);
    }

    @RepeatedTest(100)
    void containsAgreesWithShiftedIntegers(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        int bits = random.nextBoolean() ? 32 : 128;
        int prefix = random.nextInt(bits + 1);
        BigInteger network =
                new BigInteger(bits, random).shiftRight(bits - prefix).shiftLeft(bits - prefix);
        BigInteger address = network.xor(new BigInteger(random.nextInt(bits) + 1, random));
        IpAddress base = address(network, bits);
        IpAddress probe = address(address, bits);
        if (base.isV4() != (bits == 32) || probe.isV4() != (bits == 32)) {
            return;
        }
        assertThat(Cidr.parse(base.text() + "/" + prefix).contains(probe))
                .as("seed %d", seed)
                .isEqualTo(
                        address.shiftRight(bits - prefix)
                                .equals(network.shiftRight(bits - prefix)));
    }

    private static IpAddress address(BigInteger value, int bits) {
        byte[] raw = new byte[bits / 8];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = value.shiftRight(bits - 8 - 8 * i).byteValue();
        }
        return IpAddress.of(raw);
    }
}
