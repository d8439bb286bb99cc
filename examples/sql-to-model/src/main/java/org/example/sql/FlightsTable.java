package org.example.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.GZIPInputStream;

/** Makes the table {@code flights} from the flights as CSV, anew each time. */
public final class FlightsTable {
    private static final int BATCH = 1_000;

    private FlightsTable() {}

    /**
     * Makes the table.
     *
     * @param args the JDBC URL of a database, whose password, if it needs one, is in {@code ACCRETE_JDBC_PASSWORD}; and
     *     the path of the flights
     */
    public static void main(String[] args) throws IOException, SQLException {
        Properties properties = new Properties();
        Optional.ofNullable(System.getenv("ACCRETE_JDBC_PASSWORD"))
                .ifPresent(password -> properties.setProperty("password", password));
        try (Connection connection = DriverManager.getConnection(args[0], properties);
                BufferedReader csv = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(Files.newInputStream(Path.of(args[1])))))) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("drop table if exists flights");
                statement.execute("""
                        create table flights (
                          "id" integer primary key,
                          "date" timestamp not null,
                          "origin" char(3) not null,
                          "destination" char(3) not null,
                          "distance" integer not null,
                          "delay" integer not null
                        )""");
            }
            System.out.println(fill(connection, csv) + " flights in the table flights");
            connection.commit();
        }
    }

    private static int fill(Connection connection, BufferedReader csv) throws IOException, SQLException {
        int rows = 0;
        try (PreparedStatement insert = connection.prepareStatement("insert into flights values (?, ?, ?, ?, ?, ?)")) {
            csv.readLine();
            for (String line = csv.readLine(); line != null; line = csv.readLine()) {
                String[] cells = line.split(",");
                insert.setInt(1, ++rows);
                insert.setObject(2, LocalDateTime.parse(cells[0].replace(' ', 'T')));
                insert.setString(3, cells[1]);
                insert.setString(4, cells[2]);
                insert.setInt(5, Integer.parseInt(cells[3]));
                insert.setInt(6, Integer.parseInt(cells[4]));
                insert.addBatch();
                if (rows % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
        return rows;
    }
}
