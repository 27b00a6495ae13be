"""Pages stay light: stand-ins and groups reach the build, and the start page is a document."""

import gzip

import pytest

from magpipe.light import packing, plugin

CONFIG = """
export default defineConfig((config) => ({
  build: { rollupOptions: { output: { codeSplitting: { groups: [
    { test: /env.json/, name: "reflex-env", },
  ] } } } },
  resolve: { alias: [ { find: "$" } ] },
}));
"""
PAGE = (
    '<html><head><link rel="modulepreload" href="/assets/shell-1.js"/><script>theme()</script></head><body>'
    '<main>Welcome</main><script>hydrate()</script><div hidden id="S:0"></div><script>more()</script></body></html>'
)


def test_every_stand_in_is_named_to_vite_and_exists():
    config = plugin.configure(CONFIG)
    for name in plugin.STAND_INS.values():
        assert f'"./light/{name}"' in config
        assert plugin._file(name)()[1]


def test_addresses_keep_a_file_of_their_own_before_any_group():
    config = plugin.configure(CONFIG)
    assert config.index('name: "shell", priority: 5') > 0
    assert "priority: 9" in config[config.index('"reflex-env"') :]


@pytest.mark.parametrize("gone", ["export default defineConfig", "alias: [", "groups: [", 'name: "reflex-env",'])
def test_configuration_that_changed_shape_stops_the_build(gone):
    with pytest.raises(RuntimeError, match="no single"):
        plugin.configure(CONFIG.replace(gone, "…"))


def test_start_page_keeps_its_theme_and_content_and_loses_the_application():
    html = plugin.document(PAGE)
    assert html == "<html><head><script>theme()</script></head><body><main>Welcome</main></body></html>"


@pytest.mark.parametrize("page", [PAGE.replace("<main>", "<p>"), PAGE.replace("more()", "</script><main><script>")])
def test_start_page_of_another_shape_stops_the_build(page):
    with pytest.raises(RuntimeError, match="start page"):
        plugin.document(page)


def test_style_with_a_selector_stops_the_build_and_names_the_page(tmp_path):
    page = tmp_path / "app" / "routes" / "inbox.jsx"
    page.parent.mkdir(parents=True)
    page.write_text('jsx("p",{css:({ ["color"] : "red" })})')
    plugin.refuse_selectors(tmp_path)
    page.write_text('jsx("p",{css:({ ["&:hover"] : ({ ["color"] : "red" }) })})')
    with pytest.raises(RuntimeError, match=r"inbox\.jsx has a style for `&:hover`"):
        plugin.refuse_selectors(tmp_path)


def test_shared_files_are_packed_tighter_and_unpack_to_the_same(tmp_path):
    text = "".join(f"export const line{number} = {number * 7919 % 1000};\n" for number in range(2000)).encode()
    for name in ("shell-1.js", "styles.css", "page.js"):
        (tmp_path / name).write_bytes(text)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text, 9))
    packing.pack_tighter(tmp_path)
    shell, styles, page = ((tmp_path / f"{name}.gz").read_bytes() for name in ("shell-1.js", "styles.css", "page.js"))
    assert gzip.decompress(shell) == gzip.decompress(styles) == text
    assert len(shell) < len(page)
