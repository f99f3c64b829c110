"""What migrations of each tool are told to do; and nothing in a file is an error."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.migrations import read

SQL = {
    "create table a (b int)": "add_table",
    "create unique index concurrently i on a (b)": "add_index",
    "alter table a add column b int": "add_column",
    "alter table a add column b int not null": "add_not_null_column",
    "alter table a add column b int not null default 0": "add_column",
    "alter table a drop column b, add c text": "drop_column add_column",
    "alter table a alter column b type bigint": "change_type",
    "alter table a alter column b set not null": "set_not_null",
    "alter table a alter column b drop not null": "allow_null",
    "alter table a alter column b set default 1": "set_default",
    "alter table a rename column b to c": "rename_column",
    "alter table a rename to c": "rename_table",
    "alter table a add constraint x unique (b)": "add_constraint",
    "alter table a drop constraint x": "drop_constraint",
    "drop table a": "drop_table",
    "drop index i": "drop_index",
    "create view v as select 1": "add_view",
    "create extension pgcrypto": "add_object",
    "alter type x add value 'y'": "add_object",
    "alter table a owner to someone": "",
    "insert into a values (1); update a set b = 2; delete from a": "insert update delete",
    "with x as (select 1) delete from a using x": "delete",
    "do $$ begin drop table a; end $$": "unread",
    "if exists (select 1) drop table a": "unread",
    "alter table `a` modify column b bigint": "change_type",
    "alter table `a` change b c int": "rename_column",
    "alter table `a` add index i (b)": "add_index",
    "rename table `a` to `b`": "rename_table",
    "alter table [dbo].[a] add [b] int\ngo\ndrop table b": "add_column drop_table",
    "exec sp_rename 'a.b', 'c'": "rename_column",
    "-- drop table a\nbegin; set x = 1; commit; /* drop table b */": "",
    "this is no SQL at all (": "unread",
    "create table ${schema}.a (b int);": "add_table",
    "": "",
}  # fmt: skip


@pytest.mark.parametrize(("text", "operations"), SQL.items(), ids=list(SQL))
def test_statements_of_sql(text, operations):
    assert told("prisma", "prisma/migrations/1/migration.sql", text) == operations


def told(tool, path, text, before=None):
    found = read(tool, path, before.encode() if before is not None else None, text.encode())
    return found["operations"]


def way_down(tool, path, text):
    return read(tool, path, None, text.encode()).get("has_down")


MARKED = "-- migrate:up\ncreate table a (b int);\n-- migrate:down\n{}\n"


@pytest.mark.parametrize(("down", "has_down"), [("drop table a;", True), ("", False)])
def test_dbmate_parts_a_file_by_marks(down, has_down):
    assert told("sql", "db/migrations/1.sql", MARKED.format(down)) == "add_table"
    assert way_down("sql", "db/migrations/1.sql", MARKED.format(down)) is has_down


def test_two_files_of_golang_migrate_are_a_pair():
    up = read("golang_migrate", "m/1_a.up.sql", None, b"drop table a;")
    down = read("golang_migrate", "m/1_a.down.sql", None, b"create table a (b int);")
    empty = read("golang_migrate", "m/1_a.down.sql", None, b"-- nothing")

    assert up == {"operations": "drop_table", "pair": "m/1_a", "is_down": False}
    assert down == {"operations": "", "pair": "m/1_a", "is_down": True}
    assert empty is not None
    assert empty["is_down"] is False


def test_a_flyway_undo_is_the_way_down_of_its_version():
    up = read("flyway", "sql/V1.2__add_a.sql", None, b"create table a (b int)")
    down = read("flyway", "sql/U1.2__drop_a.sql", None, b"drop table a")

    assert up == {"operations": "add_table", "pair": "sql/1.2", "is_down": False}
    assert down == {"operations": "", "pair": "sql/1.2", "is_down": True}


ALEMBIC = """
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table("a", sa.Column("id", sa.Integer, nullable=False))
    op.add_column("a", sa.Column("b", sa.Text, nullable=False))
    op.add_column("a", sa.Column("c", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("a") as batch_op:
        batch_op.drop_column("d")
        batch_op.alter_column("e", type_=sa.BigInteger, nullable=False)
    op.alter_column("a", "f", new_column_name="g")
    op.execute("update a set b = 1")
    op.get_bind().execute(sa.text("drop table z"))
    op.execute(sa.select(1))
    more()
def more():
    op.create_index("i", "a", ["b"])
def downgrade():
    {}
"""


def test_alembic_calls_by_name():
    path = "alembic/versions/1.py"
    expected = (
        "add_table add_not_null_column add_column drop_column change_type set_not_null "
        "rename_column update drop_table unread add_index"
    )

    assert told("alembic", path, ALEMBIC.format("op.drop_table('a')")) == expected
    assert way_down("alembic", path, ALEMBIC.format("op.drop_table('a')")) is True
    assert way_down("alembic", path, ALEMBIC.format("pass")) is False
    assert read("alembic", path, None, b"x = 1") is None


DJANGO = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(name="A", fields=[("id", models.AutoField(primary_key=True))]),
        migrations.AddField("A", "b", models.TextField(null=True)),
        migrations.AddField("A", "c", models.TextField(default="")),
        migrations.AddField("A", "d", models.TextField(db_default="")),
        migrations.AddField("A", "e", models.ManyToManyField("B")),
        migrations.RemoveField("A", "f"),
        migrations.AlterField("A", "g", models.TextField()),
        migrations.RenameField("A", "h", "i"),
        migrations.AlterModelOptions("A", options=dict()),
        migrations.RunSQL("delete from a", reverse_sql=migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Z")],
            database_operations=[migrations.AddIndex("A", models.Index(fields=["b"]))],
        ),
        migrations.RunPython(forwards{}),
        Custom(),
    ]
"""


def test_django_operations_by_name():
    path = "shop/migrations/0002_a.py"
    expected = (
        "add_table add_column add_not_null_column add_column add_column drop_column change_type "
        "rename_column delete add_index run_code unread"
    )

    assert told("django", path, DJANGO.format(", back")) == expected
    # Nobody knows of its own operation whether it goes back.
    assert way_down("django", path, DJANGO.format(", back")) is False
    assert way_down("django", path, DJANGO.format(", back").replace("Custom(),", "")) is True
    assert way_down("django", path, DJANGO.format("").replace("Custom(),", "")) is False


RAILS = """
class AddThings < ActiveRecord::Migration[7.1]
  def change
    create_table :a do |t|
      t.string :name, null: false # inside a new table
      t.timestamps
    end
    add_column :a, :b, :string
    add_column :a, :c, :string,
               null: false
    add_column :a, :d, :string, null: false, default: ""
    add_index :a, :b unless index_exists?(:a, :b)
    change_column_null :a, :b, false
    rename_column :a, :e, :f
    change_table :a do |t|
      t.remove :g
      t.integer :h
    end
    # drop_table :z
  end
end
"""


def test_rails_calls_by_name():
    path = "db/migrate/20240101000000_add_things.rb"
    expected = (
        "add_table add_column add_not_null_column add_column add_index set_not_null "
        "rename_column drop_column add_column"
    )

    assert told("rails", path, RAILS) == expected
    assert way_down("rails", path, RAILS) is True


@pytest.mark.parametrize(
    ("body", "operations", "has_down"),
    [
        ("def change\n remove_column :a, :b, :string\nend", "drop_column", True),
        ("def change\n remove_column :a, :b\nend", "drop_column", False),
        ("def up\n drop_table :a\nend\ndef down\n create_table :a\nend", "drop_table", True),
        ("def up\n drop_table :a\nend\ndef down\n raise ActiveRecord::IrreversibleMigration\nend",
         "drop_table", False),
        ("def up\n execute <<~SQL\n  drop table a;\n SQL\nend", "drop_table", False),
        ("def up\n execute build_sql\nend", "unread", False),
        ("def up\n User.where(x: nil).update_all(x: 1)\nend", "update", False),
        ("def change\n reversible do |dir|\n dir.up do\n execute 'drop table a'\n end\n"
         " dir.down do\n execute 'drop table b'\n end\n end\nend", "drop_table", False),
    ],
)  # fmt: skip
def test_ways_of_rails(body, operations, has_down):
    text = f"class A < ActiveRecord::Migration[7.1]\n{body}\nend\n"

    assert told("rails", "db/migrate/1_a.rb", text) == operations
    assert way_down("rails", "db/migrate/1_a.rb", text) is has_down


EFCORE = """
public partial class A : Migration {
    protected override void Up(MigrationBuilder migrationBuilder) {
        migrationBuilder.CreateTable(
            name: "A", columns: t => new { Id = t.Column<int>(nullable: false) });
        migrationBuilder.AddColumn<string>(
            name: "B", table: "A", nullable: false, defaultValue: "");
        migrationBuilder.AddColumn<string>(name: "C", table: "A", nullable: false);
        migrationBuilder.DropColumn(name: "D", table: "A"); // migrationBuilder.DropTable("Z")
        migrationBuilder.Sql(@"update A set B = ""x"" where 1 = 1");
        migrationBuilder.Sql(query);
    }
    protected override void Down(MigrationBuilder migrationBuilder) { {} }
}
"""


def test_ef_core_calls_by_name():
    path = "Data/Migrations/20240101000000_A.cs"
    text = EFCORE.replace("{ {} }", '{ migrationBuilder.DropTable(name: "A"); }')

    expected = "add_table add_column add_not_null_column drop_column update unread"
    assert told("efcore", path, text) == expected
    assert way_down("efcore", path, text) is True
    assert way_down("efcore", path, EFCORE.replace("{ {} }", "{ }")) is False


XML = """<?xml version="1.0"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
  <changeSet id="1" author="a">
    <createTable tableName="a"/>
    <addColumn tableName="a">
      <column name="b" type="int"><constraints nullable="false"/></column>
    </addColumn>
    <sql>delete from a</sql>{}
  </changeSet>
</databaseChangeLog>"""
YAML = """
databaseChangeLog:
- changeSet:
    id: 1
    changes:
    - addColumn: {tableName: a, columns: [{column: {name: b, type: int}}]}
    - dropColumn: {tableName: a, columnName: c}
"""


def test_liquibase_changes_by_name():
    path = "db/changelog/1.xml"

    assert told("liquibase", path, XML.format("")) == "add_table add_not_null_column delete"
    assert way_down("liquibase", path, XML.format("")) is False
    assert way_down("liquibase", path, XML.format("<rollback>x</rollback>")) is True
    assert told("liquibase", "db/changelog/1.yaml", YAML) == "add_column drop_column"
    sql = "--liquibase formatted sql\n--changeset a:1\ndrop table a;\n--rollback create table a;"
    assert told("liquibase", "db/changelog/1.sql", sql) == "drop_table"
    assert way_down("liquibase", "db/changelog/1.sql", sql) is True
    assert read("liquibase", "changelogs/1.json", None, b'{"version": "1"}') is None


def test_a_log_that_declares_entities_is_not_expanded():
    lol = '<!DOCTYPE x [<!ENTITY a "aaaa">]><databaseChangeLog>&a;</databaseChangeLog>'

    assert told("liquibase", "db/changelog/1.xml", lol) == "unread"


def test_of_an_edited_file_only_what_is_new_counts():
    path, text = "migrations/1/migration.sql", "create table a (b int);"

    assert told("prisma", path, f"-- why\n{text}", before=text) == ""
    assert told("prisma", path, f"{text} drop table c;", before=text) == "drop_table"
    assert told("prisma", path, f"{text} {text}", before=text) == "add_table"


def test_what_could_not_be_read_may_do_anything():
    assert read("alembic", "alembic/versions/1.py", None, None) == {"operations": "unread"}
    assert told("alembic", "alembic/versions/1.py", "def upgrade(:") == "unread"
    assert told("flyway", "V1__a.java", "class V1__a {}") == "unread"
    assert told("configured", "changes/1.txt", "?") == "unread"
    assert told("configured", "changes/1.sql", "drop table a") == "drop_table"


TOOLS = {
    "alembic": "alembic/versions/1.py", "django": "a/migrations/0001_a.py",
    "rails": "db/migrate/1_a.rb", "efcore": "Migrations/20240101000000_A.cs",
    "liquibase": "db/changelog/1.xml", "prisma": "migrations/1/migration.sql",
    "golang_migrate": "1_a.up.sql", "configured": "db/changelog/1.yaml",
}  # fmt: skip
SEEDS = [ALEMBIC, DJANGO, RAILS, EFCORE, XML, YAML, MARKED, *SQL]
hostile = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    # Parts of real files, in any order and broken anywhere.
    st.lists(
        st.sampled_from(SEEDS).flatmap(
            lambda seed: st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed))).map(
                lambda cut: seed[min(cut) : max(cut)]
            )
        ),
        max_size=4,
    ).map(lambda parts: "".join(parts).encode()),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TOOLS)), hostile)
@example("alembic", b"(" * 20_000)
@example("prisma", b"(" * 20_000)
@example("prisma", b"select " + b"(" * 5_000 + b")" * 5_000)
@example("prisma", b"alter table a add " + b"(" * 5_000)
@example("liquibase", b"<databaseChangeLog>" * 5_000)
@example("configured", b"databaseChangeLog: " + b"[" * 5_000)
@example("rails", b"class A < ActiveRecord::Migration\ndef change\n" + b"if x\n" * 2_000)
@example("rails", b"class A < Migration[1]\n" + b'"' * 20_001)
@example("efcore", b"void Up(MigrationBuilder b) {" + b"{(" * 5_000)
def test_no_content_is_an_error(tool, content):
    found = read(tool, TOOLS[tool], None, content)

    assert found is None or set(found) <= {"operations", "has_down", "pair", "is_down"}
