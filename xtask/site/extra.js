// What the generator's own script makes has no name; who listens to a page needs one, and who uses no mouse a way to scroll.
const named = { code: 0, table: 0 };
function name() {
  for (const nav of document.querySelectorAll(".md-code__nav:not([aria-label])")) nav.ariaLabel = `Code ${++named.code}`;
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    table.tabIndex = 0;
    table.role = "region";
    table.ariaLabel = `Table ${++named.table}`;
  }
}
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
name();
