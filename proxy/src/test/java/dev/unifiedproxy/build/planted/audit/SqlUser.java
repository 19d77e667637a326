package dev.unifiedproxy.build.planted.audit;

import java.sql.Connection;
import java.sql.SQLException;

final class SqlUser {
    void commit(Connection connection) throws SQLException {
        connection.commit();
    }
}
