import Engine

extension Installation {
    /// The page on which a person decides.
    func consentPage(_ consent: ConsentRequest) -> String {
        let hidden = consent.parameters.sorted { $0.key < $1.key }.map { name, value in
            #"<input type="hidden" name="\#(name.escapedForHTML)" value="\#(value.escapedForHTML)">"#
        }
        let scopes = ScopeCatalogue.clamp(consent.scopes).map { "<li>\($0.escapedForHTML)</li>" }
        return """
            <!doctype html><meta charset="utf-8"><title>Authorize · PostHog</title>
            <style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}
            button{font:inherit;padding:.4rem 1.2rem;margin-right:.5rem}</style>
            <h1>Authorize Hogsend</h1>
            <p><small>Unverified application · \(consent.clientID.escapedForHTML)</small></p>
            <form method="post" action="/oauth/authorize/">
            \(hidden.joined(separator: "\n"))
            <p><label>Project <select name="project">\(choices(consent))</select></label></p>
            <p>It asks for:</p><ul>\(scopes.joined())</ul>
            <button name="decision" value="approve">Authorize</button>
            <button name="decision" value="deny">Cancel</button>
            </form>
            """
    }

    private func choices(_ consent: ConsentRequest) -> String {
        let preset = consent.asksForOneProject ? defaultProject(consent) : nil
        let projects = switches.projects.map { project in
            let selected = project.id == preset ? " selected" : ""
            return "<option value=\"\(project.id)\"\(selected)>\(project.name.escapedForHTML)"
        }
        let all = consent.asksForOneProject ? [] : [#"<option value="">All projects"#]
        return (all + projects).joined()
    }
}

extension String {
    fileprivate var escapedForHTML: String {
        var output = ""
        for character in self {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.append(character)
            }
        }
        return output
    }
}
