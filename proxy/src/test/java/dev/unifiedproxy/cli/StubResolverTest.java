package dev.unifiedproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

class StubResolverTest {
    private static final String QUESTION = "0178017900" + "00%s" + "0001";

    @Test
    void answersAQuestionForAnAddressAndNothingElse() throws IOException {
        try (StubResolver resolver = StubResolver.start(InetAddress.ofLiteral("169.254.169.254"));
                DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(10_000);
            InetSocketAddress server =
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), resolver.port());
            String address = QUESTION.formatted("01");
            assertThat(
                            ask(
                                    client,
                                    server,
                                    "abcd" + "0100" + "0001000000000001" + address + "0000290200"))
                    .isEqualTo(
                            "abcd"
                                    + "8180"
                                    + "0001000100000000"
                                    + address
                                    + "c00c00010001"
                                    + "0000003c"
                                    + "0004"
                                    + "a9fea9fe");
            String text = QUESTION.formatted("1c");
            assertThat(ask(client, server, "abcd" + "0100" + "0001000000000000" + text))
                    .isEqualTo("abcd" + "8180" + "0001000000000000" + text);
        }
    }

    private static String ask(DatagramSocket client, InetSocketAddress server, String hex)
            throws IOException {
        byte[] query = HexFormat.of().parseHex(hex);
        client.send(new DatagramPacket(query, query.length, server));
        DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        client.receive(answer);
        return HexFormat.of().formatHex(Arrays.copyOf(answer.getData(), answer.getLength()));
    }
}
