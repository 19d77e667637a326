package dev.unifiedproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;

/** Addresses in every spelling; the JDK's own parser is the oracle for the strict ones. */
final class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,0.0.0.0",
        "127.0.0.1,127.0.0.1",
        "255.255.255.255,255.255.255.255",
        "::,::",
        "::1,::1",
        "1::,1::",
        "2001:DB8::A,2001:db8::a",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1,2001:0:0:1::1",
        "1:0:0:0:0:0:0:0,1::",
        "0:0:0:0:0:0:0:1,::1",
        "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8,0:2:3:4:5:6:7:8",
        "64:ff9b::192.0.2.33,64:ff9b::c000:221",
        "::127.0.0.1,::7f00:1",
        "::ffff:169.254.169.254,169.254.169.254",
        "::ffff:a9fe:a9fe,169.254.169.254",
        "0:0:0:0:0:FFFF:7f00:0001,127.0.0.1",
    })
    void strictTextHasOneCanonicalForm(String text, String canonical) {
        assertThat(IpAddress.parse(text).text()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.4.",
                ".1.2.3.4",
                "1..3.4",
                "1.2.3.4.5",
                "01.2.3.4",
                "1.2.3.00",
                "256.1.1.1",
                "1.2.3.-4",
                "+1.2.3.4",
                " 1.2.3.4",
                "1.2.3.4 ",
                "0x7f.0.0.1",
                "1.2.3.4/8",
                ":",
                ":::",
                ":1",
                "1:",
                "::1::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "::1.2.3",
                "::01.2.3.4",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "fe80::1%eth0",
                "fe80::1%25eth0",
                "[::1]",
                "::1]",
                "[::1",
                "::1/128",
                "::ffff:",
                "\uff11.2.3.4",
                "::\uff11",
                "1.2.3.\u0664",
                "::1\u0000",
                "1.2.3.4\n",
            })
    void anythingElseIsRefused(String text) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> IpAddress.parse(text))
                .withMessageContaining("expected: dotted IPv4 or IPv6");
    }

    @RepeatedTest(200)
    void canonicalTextIsReadBackByUsAndByTheJdk(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        byte[] raw = randomAddress(new Random(seed));
        IpAddress address = IpAddress.of(raw);
        String text = address.text();

        assertThat(IpAddress.parse(text)).as("seed %d", seed).isEqualTo(address);
        assertThat(IpAddress.of(InetAddress.ofLiteral(text)))
                .as("seed %d", seed)
                .isEqualTo(address);
        assertThat(address.toInetAddress()).isEqualTo(InetAddress.ofLiteral(text));
        assertThat(address.hashCode()).isEqualTo(IpAddress.parse(text).hashCode());
        assertRfc5952(text, "seed " + seed);
    }

    /** RFC 5952 section 4, said differently from how the code does it. */
    private static void assertRfc5952(String text, String seed) {
        if (text.indexOf(':') < 0) {
            return;
        }
        assertThat(text).as(seed).matches("[0-9a-f:]+").doesNotMatch("(^|.*:)0[0-9a-f].*");
        boolean compressed = text.contains("::");
        int zeroRun = longest(("," + text.replace(':', ',') + ",").replace(",,", ",|,"));
        assertThat(zeroRun).as(seed).isLessThanOrEqualTo(compressed ? 7 : 1);
        if (compressed) {
            int groups = (int) Arrays.stream(text.split(":", -1)).filter(g -> !g.isEmpty()).count();
            assertThat(8 - groups).as(seed).isGreaterThanOrEqualTo(Math.max(2, zeroRun));
        }
    }

    private static int longest(String groups) {
        int run = 0;
        while (groups.contains("," + "0,".repeat(run + 1))) {
            run++;
        }
        return run;
    }

    private static byte[] randomAddress(Random random) {
        byte[] raw = new byte[random.nextInt(4) == 0 ? 4 : 16];
        random.nextBytes(raw);
        for (int i = 0; i < raw.length; i += 2) {
            if (random.nextInt(3) > 0) {
                raw[i] = 0;
                raw[i + 1] = (byte) (random.nextBoolean() ? 0 : random.nextInt(16));
            }
        }
        return raw;
    }

    @RepeatedTest(300)
    void strictParserAgreesWithTheJdkOnMutatedLiterals(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(IpAddress.of(randomAddress(random)).text());
        String alphabet = "0123456789abcdefF:.:.";
        for (int i = random.nextInt(3); i >= 0; i--) {
            char c = alphabet.charAt(random.nextInt(alphabet.length()));
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, c);
                case 1 -> text.setCharAt(at, c);
                default -> text.deleteCharAt(at).append(c);
            }
        }
        String mutant = text.toString();
        if (mutant.indexOf(':') >= 0) {
            assertThat(ours(mutant)).as("seed %d: %s", seed, mutant).isEqualTo(jdk(mutant));
        }
    }

    private static String ours(String text) {
        try {
            return IpAddress.parse(text).text();
        } catch (HostSyntaxException e) {
            return "refused";
        }
    }

    /** The JDK takes groups of more than four digits; RFC 4291 does not, and neither do we. */
    private static String jdk(String text) {
        if (text.matches(".*[0-9a-fA-F]{5,}.*")) {
            return "refused";
        }
        try {
            return IpAddress.of(InetAddress.ofLiteral(text)).text();
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }

    @Test
    void spellingsOfOneAddressAreEqual() {
        IpAddress dotted = IpAddress.parse("10.1.2.3");
        assertThat(IpAddress.parse("::ffff:10.1.2.3")).isEqualTo(dotted).hasSameHashCodeAs(dotted);
        assertThat(IpAddress.parse("::ffff:a01:203")).isEqualTo(dotted);
        assertThat(IpAddress.parse("::10.1.2.3")).isNotEqualTo(dotted);
        assertThat(dotted).hasToString("10.1.2.3").isNotEqualTo("10.1.2.3");
        assertThat(dotted.isV4()).isTrue();
    }

    @Test
    void bytesAreCopied() {
        byte[] raw = {1, 2, 3, 4};
        IpAddress address = IpAddress.of(raw);
        raw[0] = 9;
        address.toBytes()[0] = 9;
        assertThat(address.text()).isEqualTo("1.2.3.4");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 15, 17})
    void otherLengthsAreRefused(int length) {
        assertThatExceptionOfType(HostSyntaxException.class)
                .isThrownBy(() -> IpAddress.of(new byte[length]))
                .withMessageContaining("expected: 4 or 16");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,true", "127.255.255.254,true", "::1,true", "::ffff:127.0.0.1,true",
        "128.0.0.1,false", "::2,false", "126.255.255.255,false", "::127.0.0.1,false",
    })
    void loopback(String text, boolean expected) {
        assertThat(IpAddress.parse(text).isLoopback()).isEqualTo(expected);
    }
}
