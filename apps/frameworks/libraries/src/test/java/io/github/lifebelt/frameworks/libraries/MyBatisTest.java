package io.github.lifebelt.frameworks.libraries;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.frameworks.Application;
import io.github.lifebelt.frameworks.FaultContract;
import io.github.lifebelt.testing.TestDatabase;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;

class MyBatisTest extends FaultContract {
    MyBatisTest() {
        super("MyBatis", SqlSession.class);
    }

    interface Entries {
        @Insert("insert into entry (text) values (#{text})")
        void insert(String text);

        @Select("select count(*) from entry")
        long count();
    }

    @Override
    protected Application start(TestDatabase database) {
        String url = impatient(database);
        // snippet: pool
        ConnectionPool pool = ConnectionPool.fromUrl(url);
        Configuration configuration = new Configuration(new Environment("app", new JdbcTransactionFactory(), pool));
        configuration.addMapper(Entries.class);
        SqlSessionFactory sessions = new SqlSessionFactoryBuilder().build(configuration);
        // end: pool
        return new MyBatis(pool, sessions);
    }

    private record MyBatis(ConnectionPool pool, SqlSessionFactory sessions) implements Application {
        @Override
        public void store(String text, Runnable then) {
            try (SqlSession session = sessions.openSession()) {
                session.getMapper(Entries.class).insert(text);
                then.run();
                session.commit();
            }
        }

        @Override
        public long count() {
            try (SqlSession session = sessions.openSession()) {
                return session.getMapper(Entries.class).count();
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
