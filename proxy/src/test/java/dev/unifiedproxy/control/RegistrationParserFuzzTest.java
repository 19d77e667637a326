package dev.unifiedproxy.control;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.identity.MetadataJson;
import dev.unifiedproxy.identity.Ticket;
import dev.unifiedproxy.identity.TicketAuthority;
import dev.unifiedproxy.registry.Registration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What strangers write: a value or exactly one exception comes back, whatever the bytes. */
final class RegistrationParserFuzzTest {
    @FuzzTest
    void aBodyIsARegistrationOrIsRejected(byte[] body) {
        Registration registration;
        try {
            registration = RegistrationParser.parse(body);
        } catch (RejectedRequestException e) {
            requireClientError(e.response());
            return;
        }
        String metadata = MetadataJson.write(registration.metadata());
        if (!MetadataJson.read(metadata).equals(registration.metadata())) {
            throw new AssertionError("metadata changes on its way to the database: " + metadata);
        }
    }

    private static void requireClientError(ControlResponse response) {
        if (response.status() != 400) {
            throw new AssertionError("status " + response.status() + " for a bad body");
        }
    }

    @FuzzTest
    void aTicketThatNobodyIssuedIsNone(byte[] bytes) throws IOException {
        Path directory = Files.createTempDirectory("ticket");
        Path key = directory.resolve("ticket.key");
        try {
            TicketAuthority authority = TicketAuthority.open(key);
            Optional<Ticket> ticket = authority.verify(new String(bytes, StandardCharsets.UTF_8));
            if (ticket.isPresent()) {
                throw new AssertionError("forged: " + ticket.get().claimed().id());
            }
        } finally {
            Files.deleteIfExists(key);
            Files.delete(directory);
        }
    }
}
