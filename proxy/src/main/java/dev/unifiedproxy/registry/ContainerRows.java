package dev.unifiedproxy.registry;

import dev.unifiedproxy.container.Container;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.identity.MetadataJson;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Containers as rows of the table. Times are seconds since the epoch, to the millisecond. */
final class ContainerRows {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRows.class);

    private static final String SELECT =
            "SELECT container_id, ip_address, registered_at, last_seen, ttl_seconds, metadata"
                    + " FROM containers ORDER BY last_seen DESC, container_id";

    /** The view decides who has an address; a row that contradicts it must not get in the way. */
    private static final String DISPLACE =
            "DELETE FROM containers WHERE ip_address = ? AND container_id <> ?";

    private static final String PUT =
            "INSERT INTO containers (container_id, ip_address, registered_at, last_seen,"
                    + " ttl_seconds, metadata) VALUES (?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (container_id) DO UPDATE SET ip_address = excluded.ip_address,"
                    + " registered_at = excluded.registered_at, last_seen = excluded.last_seen,"
                    + " ttl_seconds = excluded.ttl_seconds, metadata = excluded.metadata";
    private static final String DELETE = "DELETE FROM containers WHERE container_id = ?";
    private static final String SEEN = "UPDATE containers SET last_seen = ? WHERE container_id = ?";

    private ContainerRows() {}

    /**
     * Reads the table. A row that is no registration stays where it is and is left out; of two rows
     * whose addresses are spellings of one, the one seen last counts and the other is deleted.
     */
    static List<Container> load(Connection connection) throws SQLException {
        List<Container> containers = new ArrayList<>();
        List<Change> superseded = new ArrayList<>();
        Set<IpAddress> addresses = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            while (row.next()) {
                String id = String.valueOf(row.getString(1));
                try {
                    Container container = read(row, id);
                    if (addresses.add(container.address())) {
                        containers.add(container);
                    } else {
                        superseded.add(new Change.Delete(id));
                    }
                } catch (IllegalArgumentException | ArithmeticException e) {
                    LOG.warn(
                            "Registry row is left out: container_id of {} characters: {}",
                            id.length(),
                            e.getMessage());
                }
            }
        }
        write(connection, superseded);
        return containers;
    }

    private static Container read(ResultSet row, String id) throws SQLException {
        String metadata = row.getString(6);
        Registration registration =
                new Registration(
                        id,
                        IpAddress.parse(String.valueOf(row.getString(2))),
                        Duration.ofSeconds(Math.max(row.getLong(5), 0)),
                        metadata == null ? Map.of() : MetadataJson.read(metadata));
        return new Container(
                registration.id(),
                registration.address(),
                instant(row.getDouble(3)),
                instant(row.getDouble(4)),
                registration.ttl(),
                registration.metadata());
    }

    private static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(
                BigDecimal.valueOf(epochSeconds)
                        .movePointRight(3)
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact());
    }

    private static double seconds(Instant instant) {
        return instant.toEpochMilli() / 1000.0;
    }

    /** Fails when the table is not there. */
    static void requireTable(Connection connection) throws SQLException, DamagedDatabaseException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                                        + " AND name = 'containers'")) {
            if (rows.getInt(1) != 1) {
                throw new DamagedDatabaseException("no such table: containers");
            }
        }
    }

    static void write(Connection connection, List<Change> changes) throws SQLException {
        for (Change change : changes) {
            switch (change) {
                case Change.Put(Container container) -> put(connection, container);
                case Change.Delete(String id) -> {
                    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
                        delete.setString(1, id);
                        delete.executeUpdate();
                    }
                }
                case Change.Seen(String id, Instant at) -> {
                    try (PreparedStatement seen = connection.prepareStatement(SEEN)) {
                        seen.setDouble(1, seconds(at));
                        seen.setString(2, id);
                        seen.executeUpdate();
                    }
                }
            }
        }
    }

    private static void put(Connection connection, Container container) throws SQLException {
        try (PreparedStatement displace = connection.prepareStatement(DISPLACE);
                PreparedStatement put = connection.prepareStatement(PUT)) {
            displace.setString(1, container.address().text());
            displace.setString(2, container.id());
            displace.executeUpdate();
            put.setString(1, container.id());
            put.setString(2, container.address().text());
            put.setDouble(3, seconds(container.registeredAt()));
            put.setDouble(4, seconds(container.lastSeen()));
            put.setLong(5, container.ttl().toSeconds());
            put.setString(
                    6,
                    container.metadata().isEmpty()
                            ? null
                            : MetadataJson.write(container.metadata()));
            put.executeUpdate();
        }
    }
}
